"""What an adapter has unlearned: general questions, asked with it and without it."""
