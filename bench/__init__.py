"""Large sizes: crashes, races, speed. Each prints its seed and size; `make crash`, `make bench`."""
