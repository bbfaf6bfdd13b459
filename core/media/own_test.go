package media

import (
	"errors"
	"io"
	"strings"
	"testing"

	"isthmus/core/xep"
	"isthmus/transports"
)

func TestAFileOfTheGatewaysOwnIsPutToTheServer(t *testing.T) {
	w := newWorld(t, nil)
	put := w.takesUploads(t)
	url, err := w.PutOwn(t.Context(), "yours.txt", "text/plain", xep.ForOneReader, func(to io.Writer) error {
		_, err := io.WriteString(to, "all that is kept")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if w.server.purpose != "ephemeral" {
		t.Errorf("it is put there as %q", w.server.purpose)
	}
	if url != w.web.URL+"/up/1/yours.txt" || put["/up/1/yours.txt"] != "all that is kept" {
		t.Errorf("%s: %q", url, put)
	}
	w.nothingLeft(t)
}

func TestAFileThatCannotBeMadeOrPutIsAFault(t *testing.T) {
	w := newWorld(t, nil)
	_, err := w.PutOwn(t.Context(), "a", "text/plain", xep.ForOneReader, func(io.Writer) error { return errors.New("no store") })
	if f := transports.AsFault(err); !strings.Contains(f.Text, "could not be made") {
		t.Errorf("%v", err)
	}
	_, err = w.PutOwn(t.Context(), "a", "text/plain", xep.ForOneReader, func(to io.Writer) error {
		_, err := to.Write(make([]byte, 2<<20))
		return err
	})
	if f := transports.AsFault(err); !strings.Contains(f.Text, "no room") {
		t.Errorf("%v", err)
	}
	w.nothingLeft(t)
	w = newWorld(t, nil)
	w.server.missing = true
	_, err = w.PutOwn(t.Context(), "a", "text/plain", xep.ForOneReader, func(io.Writer) error { t.Error("written for nothing"); return nil })
	if f := transports.AsFault(err); f.Kind != transports.Unsupported {
		t.Errorf("%v", err)
	}
}
