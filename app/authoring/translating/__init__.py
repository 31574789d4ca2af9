"""The translation desk: the texts of a draft or a version side by side with their translation, string by string."""
