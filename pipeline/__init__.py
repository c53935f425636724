"""The host of staged document pipelines: hooks, stages, engine, stores, runner."""
