package account

// put sets a value in a map that is made when it is needed: most accounts need few of theirs.
func put[K comparable, V any](in *map[K]V, key K, value V) {
	if *in == nil {
		*in = map[K]V{}
	}
	(*in)[key] = value
}

// drop removes a value, and gives back the memory of a map that is empty then.
func drop[K comparable, V any](from *map[K]V, key K) {
	if delete(*from, key); len(*from) == 0 {
		*from = nil
	}
}
