"""The composition root: what wires workflows, activities and the register together and runs them."""
