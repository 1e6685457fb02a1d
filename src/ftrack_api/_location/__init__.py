"""What locations and components do: making, placing, copying, finding and removing."""
