package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of times in /proc/PID/stat (proc(5)): 100 a second on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// cpu is the time that the gateway has spent on processors, in itself and in the kernel.
func (w *world) cpu() (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", w.gateway.PID()))
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:])) // from the state on, the third
	var ticks int64
	for _, f := range fields[11:13] { // utime and stime
		n, err := strconv.ParseInt(f, 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}

// memory is a field of /proc/PID/status in bytes: VmRSS for what is resident now, VmHWM for the most that ever was.
func (w *world) memory(field string) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.gateway.PID()))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			kb, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			return kb << 10, err
		}
	}
	return 0, fmt.Errorf("the kernel says nothing of %s", field)
}

// settled is the memory that is resident when what is garbage has been collected, and the machine has back what Go gives back by itself.
func (w *world) settled() (int64, error) {
	for range 2 { // what has a finalizer goes with the second
		if _, err := w.private("/debug/pprof/heap?gc=1"); err != nil {
			return 0, err
		}
	}
	rss, err := w.memory("VmRSS")
	for until := time.Now().Add(patience / 2); err == nil && time.Now().Before(until); {
		time.Sleep(2 * time.Second)
		was := rss
		if rss, err = w.memory("VmRSS"); rss > was-mb {
			break
		}
	}
	return rss, err
}

// footprint is what of the memory is resident, and what Go has in use of it, in bytes.
type footprint struct{ rss, heap, stacks float64 }

func (w *world) footprint() (f footprint, err error) {
	rss, err := w.settled()
	if err != nil {
		return f, err
	}
	if f.heap, err = w.metric("go_memstats_heap_inuse_bytes"); err != nil {
		return f, err
	}
	f.rss = float64(rss)
	f.stacks, err = w.metric("go_memstats_stack_inuse_bytes")
	return f, err
}

// private asks the operator's listener.
func (w *world) private(path string) (string, error) {
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", filepath.Join(w.dir, "private"))
	}}}
	answer, err := client.Get("http://private" + path)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return string(text), err
}

// metric is a value that the gateway tells of itself.
func (w *world) metric(name string) (float64, error) {
	text, err := w.private("/metrics")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, name+" "); ok {
			return strconv.ParseFloat(strings.TrimSpace(value), 64)
		}
	}
	return 0, fmt.Errorf("the gateway has no metric %s", name)
}

// stored waits until all that was handed to the store is on disk.
func (w *world) stored() error {
	for until := time.Now().Add(patience); time.Now().Before(until); time.Sleep(5 * time.Millisecond) {
		if left, err := w.metric("isthmus_store_waiting_bytes"); err != nil || left == 0 {
			return err
		}
	}
	return w.failure("the store does not come to an end")
}
