"""What is known of frameworks and targets, and how it becomes a recommendation."""
