"""Side effects of the workflows, as classes that get their dependencies as arguments."""
