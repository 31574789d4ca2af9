"""All diagnostics of one questionnaire's data together, as counts and figures of at least five economies."""
