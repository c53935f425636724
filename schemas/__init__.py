"""What is stored and exchanged: inert, frozen values. Standard library and pydantic only."""
