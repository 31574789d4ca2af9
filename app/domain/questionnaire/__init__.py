"""A questionnaire version as a document: its format, its conditions, its flow, its faults and its differences."""
