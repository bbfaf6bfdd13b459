package account

// put sets a value in a map that is made when it is needed: most accounts need few of theirs.
func put[M ~map[K]V, K comparable, V any](in *M, key K, value V) {
	if *in == nil {
		*in = M{}
	}
	(*in)[key] = value
}

// drop removes a value, and gives back the memory of a map that is empty then.
func drop[M ~map[K]V, K comparable, V any](from *M, key K) {
	if delete(*from, key); len(*from) == 0 {
		*from = nil
	}
}
