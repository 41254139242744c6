"""What several commands tell whoever runs them."""
