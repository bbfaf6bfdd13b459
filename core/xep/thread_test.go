package xep

import "testing"

func TestAThreadIsNamed(t *testing.T) {
	if got := Thread(read(t, `<message><thread>t1</thread></message>`)); got != "t1" {
		t.Errorf("%q", got)
	}
	rendered(t, InThread("t1"), `<thread>t1</thread>`)
	if InThread("") != nil {
		t.Error("no thread has an element")
	}
}
