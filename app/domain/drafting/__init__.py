"""A questionnaire that is being written: a document in parts, edited one at a time, that may still have faults."""
