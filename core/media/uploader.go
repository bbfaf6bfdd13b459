package media

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"isthmus/core/stanza"
	"isthmus/core/xep"
	"isthmus/transports"
)

// Stream is the way to the XMPP server (component.Component).
type Stream interface {
	// Request sends an IQ; answer is called once, with nil where none came in time.
	Request(iq *stanza.Stanza, deadline time.Duration, answer func(*stanza.Stanza))
}

const (
	askTimeout = 15 * time.Second
	// rememberFound and rememberMissing are how long it is remembered where files may be put, and that there is no such place.
	rememberFound   = time.Hour
	rememberMissing = time.Minute
	maxItems        = 50
)

// uploader puts files where the XMPP server has a place for them (XEP-0363).
type uploader struct {
	stream Stream
	http   *http.Client
	// self is the component; server is where the place is looked for; named is the place that the operator has named, or nothing.
	self, server, named stanza.JID

	mu    sync.Mutex
	found place     // zero: none
	until time.Time // when it is to be looked for again
}

// place is where files may be put.
type place struct {
	jid stanza.JID
	xep.UploadService
}

// direct is a client that follows no redirects: the XMPP server's word holds for its own address only.
func direct(trusted *http.Client) *http.Client {
	c := *trusted
	c.Timeout = 0 // a transfer has limits of its own
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &c
}

var errNoService = &transports.Fault{Kind: transports.Unsupported, Text: "The XMPP server has no place for files that the gateway may use."}

func (u *uploader) ask(ctx context.Context, typ string, to stanza.JID, payload *stanza.Element) (*stanza.Stanza, error) {
	answered := make(chan *stanza.Stanza, 1)
	iq := &stanza.Stanza{Kind: stanza.IQ, Type: typ, From: u.self, To: to}
	u.stream.Request(iq.Add(payload), askTimeout, func(answer *stanza.Stanza) { answered <- answer })
	select {
	case answer := <-answered:
		if answer == nil {
			return nil, &transports.Fault{Kind: transports.Offline, Text: "The XMPP server's place for files does not answer."}
		}
		return answer, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// find looks for the place (XEP-0363 §4): what the operator has named, else what the server lists.
func (u *uploader) find(ctx context.Context) (place, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if time.Now().Before(u.until) {
		if u.found.jid.IsZero() {
			return place{}, errNoService
		}
		return u.found, nil
	}
	candidates := []stanza.JID{u.named}
	if u.named.IsZero() {
		answer, err := u.ask(ctx, "get", u.server, xep.DiscoverItems())
		if err != nil {
			return place{}, err
		}
		items := xep.ParseItems(answer)
		candidates = append(items[:min(len(items), maxItems)], u.server)
	}
	u.found, u.until = u.first(ctx, candidates), time.Now().Add(rememberFound)
	if u.found.jid.IsZero() {
		u.until = time.Now().Add(rememberMissing)
		return place{}, errNoService
	}
	return u.found, nil
}

// first is that of the candidates which is the first to say that it takes files. All are asked at once, for one that is down may never answer.
func (u *uploader) first(ctx context.Context, candidates []stanza.JID) place {
	var asking sync.WaitGroup
	defer asking.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan place, len(candidates))
	for _, candidate := range candidates {
		asking.Go(func() { answers <- u.at(ctx, candidate) })
	}
	for range candidates {
		if found := <-answers; !found.jid.IsZero() {
			return found
		}
	}
	return place{}
}

// at is the place that a candidate is, zero for none.
func (u *uploader) at(ctx context.Context, candidate stanza.JID) place {
	if candidate == u.self {
		return place{}
	}
	answer, err := u.ask(ctx, "get", candidate, xep.DiscoverInfo())
	if err != nil || answer.Type != "result" {
		return place{}
	}
	service, ok := xep.ParseUploadService(answer)
	if !ok {
		return place{}
	}
	return place{candidate, service}
}

// forget has the place looked for again, after it failed.
func (u *uploader) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.until = time.Time{}
}

// put uploads a content of exactly that size and gives the address where anyone may fetch it.
func (u *uploader) put(ctx context.Context, name, kind string, purpose xep.Purpose, size int64, content io.Reader) (string, error) {
	to, err := u.find(ctx)
	if err != nil {
		return "", err
	}
	if to.Largest > 0 && size > to.Largest {
		return "", tooLarge(to.Largest)
	}
	answer, err := u.ask(ctx, "get", to.jid, to.SlotRequest(name, size, kind, purpose))
	if err != nil {
		return "", err
	}
	if answer.Type != "result" {
		if largest, ok := xep.ParseTooLarge(answer); ok {
			return "", tooLarge(largest)
		}
		u.forget()
		return "", &transports.Fault{Kind: transports.Forbidden, Text: "The XMPP server gives the gateway no place for the file.",
			Cause: fmt.Errorf("%s refuses a slot (XEP-0363): %s", to.jid, answer.Condition())}
	}
	slot, ok := xep.ParseSlot(answer)
	if !ok {
		return "", &transports.Fault{Text: "The XMPP server's answer about a place for the file cannot be understood.", Cause: fmt.Errorf("a malformed slot from %s", to.jid)}
	}
	if err := u.send(ctx, slot, kind, size, content); err != nil {
		return "", &transports.Fault{Kind: transports.Offline, Text: "The file could not be put where the XMPP server keeps files.", Cause: err}
	}
	return slot.Get, nil
}

func (u *uploader) send(ctx context.Context, slot xep.Slot, kind string, size int64, content io.Reader) error {
	if size == 0 {
		content = http.NoBody
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, slot.Put, content)
	if err != nil {
		return err
	}
	for name, values := range slot.Header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", kind)
	request.ContentLength = size
	response, err := u.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusCreated && response.StatusCode != http.StatusOK && response.StatusCode != http.StatusNoContent {
		return statusError(response.StatusCode)
	}
	return nil
}
