"""What is remembered: the only home of SQLAlchemy, and a stranger to every other part of the project."""
