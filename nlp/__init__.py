"""Vietnamese text in, a Reading out: what a complaint is about, how urgent, in scope or not, what to hide."""
