"""What events say, without the database: facts of a lead, sentences for its timeline, stages of the funnel."""
