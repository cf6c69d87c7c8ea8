"""What CNN Explorer computes, apart from what it shows."""
