"""Who is responsible for a complaint, by when, and why: configuration, places, rules and the calendar."""
