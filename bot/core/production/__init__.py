"""Production as desired and as live: plan, journal, lease, authority and report."""
