package loopback_test

import (
	"testing"
	"testing/synctest"
	"time"

	"isthmus/transports"
	"isthmus/transports/loopback"
)

func TestAProgramAnswersAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := start(t, loopback.Config{})
		alice := visit(t, d, transports.Account{Person: "alice", Name: "Alice"})
		bob := visit(t, d, transports.Account{Person: "bob", Name: "Bob"})
		toBob := transports.TalkWith(bob.self.ID)
		answered := make(chan string, 1)
		go func() {
			answered <- alice.must(transports.Ask{Place: toBob, Question: transports.AboutVersion}).Text
		}()
		asked := expect[transports.Asked](bob, nil)
		if asked.From.ID != alice.self.ID || asked.Question != transports.AboutVersion {
			t.Errorf("asked as %+v", asked)
		}
		_, err := alice.do(transports.Answer{Place: toBob, ID: asked.ID, Text: "not mine to answer"})
		wantFault(t, err, transports.NotFound)
		bob.must(transports.Answer{Place: transports.TalkWith(alice.self.ID), ID: asked.ID, Text: "Client 1.0"})
		if got := <-answered; got != "Client 1.0" {
			t.Errorf("the answer is %q", got)
		}

		began := time.Now()
		_, err = alice.do(transports.Ask{Place: toBob, Question: transports.AboutPing})
		wantFault(t, err, transports.NotFound)
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("it was given up after %v", waited)
		}

		ended := make(chan error, 1)
		go func() {
			_, err := alice.do(transports.Ask{Place: toBob, Question: transports.AboutPing})
			ended <- err
		}()
		expect[transports.Asked](bob, nil)
		bob.stop()
		wantFault(t, <-ended, transports.NotFound)
		_, err = alice.do(transports.Ask{Place: toBob, Question: transports.AboutPing})
		wantFault(t, err, transports.NotFound)
	})
}
