"""How long things take here: reading the data, and a step of training."""
