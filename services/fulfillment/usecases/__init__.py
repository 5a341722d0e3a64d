"""What fulfillment does with what it hears, is asked, and sends."""
