package nick

import "strconv"

// Distinct is name where it is not taken, else a resourcepart made of it with the first number that makes one which is
// not: "name (2)", "name (3)" and so on. It ends when taken says no.
func Distinct(name string, taken func(string) bool) string {
	if !taken(name) {
		return name
	}
	base := Resource(name)
	for n := 2; ; n++ {
		suffix := " (" + strconv.Itoa(n) + ")"
		// Both ends of a right-to-left name may need closing once more.
		candidate := Resource(cut(base, maxResource-2*len(closing)-len(suffix)) + suffix)
		if !taken(candidate) {
			return candidate
		}
	}
}
