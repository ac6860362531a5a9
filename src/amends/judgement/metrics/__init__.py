"""What platforms count against a shop: metrics over its orders, and points for its offences."""
