"""Real servers on 127.0.0.1 for tests: started on free ports, stopped by their own process ids."""
