"""What registries know: versions, files, digests; asked through their own clients' settings."""
