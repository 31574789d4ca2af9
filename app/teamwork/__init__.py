"""Work on a review as a team: who is responsible for what until when, who is here now, and what is said about an item."""
