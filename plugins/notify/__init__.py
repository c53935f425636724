"""What is told to the outside about finished work."""
