"""Side effects of the workflows, as classes whose dependencies are handed in."""
