package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// profiles is the folder where profiles are kept, empty for none.
var profiles string

// profiled keeps a profile of the processor's time from now on; wait waits until it is there.
func (w *world) profiled(program string) (wait func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.keepProfile(program, "cpu", "/debug/pprof/profile?seconds=3")
	}()
	return func() { <-done }
}

// keepHeap keeps profiles of what is in memory, and of the goroutines.
func (w *world) keepHeap(program string) {
	w.keepProfile(program, "heap", "/debug/pprof/heap?gc=1")
	w.keepProfile(program, "goroutines", "/debug/pprof/goroutine?debug=1")
}

func (w *world) keepProfile(program, kind, path string) {
	if profiles == "" {
		return
	}
	text, err := w.private(path)
	if err == nil {
		name := fmt.Sprintf("%s-%s-%d.pprof", filepath.Base(program), kind, time.Now().UnixMilli())
		err = os.WriteFile(filepath.Join(profiles, name), []byte(text), 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load: no profile:", err)
	}
}
