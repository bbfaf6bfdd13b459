package nick

import "testing"

func TestNamesThatLookAlikeAreConfusable(t *testing.T) {
	for _, c := range []struct {
		one, other string
		want       bool
	}{
		{"alice", "Alice", true},
		{"alice", "аlice", true}, // a Cyrillic а
		{"alice", "аlісе", true}, // most of it Cyrillic
		{"alice", "al1ce", false},
		{"Bill", "BiII", true},
		{"ο ρa", "opa", true},          // Greek
		{"alice", "ali\u200bce", true}, // a zero-width space
		{"modern", "modem", true},
		{"ａｌｉｃｅ", "alice", true}, // full width
		{"𝒂lice", "alice", true},
		{"PaypaI", "paypal", true},
		{"alice", "alicé", false},
		{"ida", "ada", false},
		{"日本", "日木", false},
		{"", "a", false},
	} {
		if got := Confusable(c.one, c.other); got != c.want {
			t.Errorf("%q and %q: %v", c.one, c.other, got)
		}
	}
}
