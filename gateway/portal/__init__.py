"""What the pages of the portal share: cookies, tokens of forms, words and plots."""
