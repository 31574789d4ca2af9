"""Peer review: invited second opinions on a submission, in the same rubric, answered by the economy and agreed."""
