"""Evidence behind answers: files and links of one economy, their versions, and whether a link still opens."""
