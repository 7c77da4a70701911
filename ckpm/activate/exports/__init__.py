"""Write an environment the way other tools read it."""
