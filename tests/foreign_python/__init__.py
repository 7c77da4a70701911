"""What foreign Python environments are tested with: wheels made here, and an interpreter."""
