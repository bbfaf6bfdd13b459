package store

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math"
	"os"
	"os/exec"
	"testing"
)

// killedChild is set for the process that TestWhatWasConfirmedSurvivesAKill starts and kills.
const killedChild = "STORE_TEST_WRITE_UNTIL_KILLED"

// writeUntilKilled prints the number of each unit once it is committed. Each unit holds two rows.
func writeUntilKilled(url string) {
	s, err := Open(context.Background(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for n := 0; ; n++ {
		s.Write(func(err error) {
			if err == nil {
				os.Stdout.WriteString(fmt.Sprintln(n))
			}
		}, message(2*n), message(2*n+1))
	}
}

func TestWhatWasConfirmedSurvivesAKill(t *testing.T) {
	url := sqliteURL(t)
	for round := range 3 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), killedChild+"="+url)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		confirmed := 0
		for lines := bufio.NewScanner(out); lines.Scan(); confirmed++ {
			if lines.Text() != fmt.Sprint(confirmed) {
				t.Fatalf("the child said %q, want %d", lines.Text(), confirmed)
			}
			if confirmed == 2000+500*round {
				child.Process.Kill() // and read what it said before
			}
		}
		child.Wait()
		s := opened(t, url)
		ids := stored(t, s)
		if confirmed < 2000 || len(ids) < 2*confirmed || len(ids)%2 != 0 {
			t.Errorf("%d units were confirmed, %d rows are there", confirmed, len(ids))
		}
		for n, id := range ids { // no gap: the units before a stored one are stored
			if id != fmt.Sprint("m", n) {
				t.Fatalf("row %d is %s", n, id)
			}
		}
		commit(t, s, trim{1, math.MaxInt64})
		s.Close()
	}
}
