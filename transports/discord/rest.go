package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"isthmus/transports"
)

const (
	// maxAnswer bounds what is read of an answer, in bytes.
	maxAnswer = 16 << 20
	// slowest is what a line must carry that files go up by, in bytes a second.
	slowest = 32 << 10
	// tries is how often a request that may be repeated is made.
	tries     = 4
	userAgent = "DiscordBot (https://isthmus.invalid, 1)"
	// personAgent is what people's own accounts are served by: it is none of Discord's clients, and does not say so.
	personAgent = "Mozilla/5.0 (compatible; Isthmus/1)"
)

// rest makes requests for one token (API Reference). discordgo's client is not used: its limiter goes by addresses, waits without a context, and
// leaves out the global limit (see also gateway.go).
type rest struct {
	base   string
	token  string // as in the Authorization header; empty for none
	http   *http.Client
	limits *limits
}

// request is one to make.
type request struct {
	method string
	// path is a pattern, in which each {} stands for one of ids; the first of them is what the limit is about.
	path  string
	ids   []string
	query url.Values
	body  any    // as JSON
	raw   []byte // instead of body, of the type
	kind  string
	// reason is what the guild's audit log says of it, escaped as in addresses.
	reason string
	// again tells that the request may be made twice, although its method does not say so.
	again bool
	// owner is what it is counted by, where that is not the token.
	owner string
}

// do makes a request and reads the answer into out, which may be nil. The error is a Fault.
func (c *rest) do(ctx context.Context, r request, out any) error {
	body := r.raw
	if r.body != nil {
		body, _ = json.Marshal(r.body)
		r.kind = "application/json"
	}
	counted := route{owner: c.token, name: r.method + " " + r.path}
	if r.owner != "" {
		counted.owner = r.owner
	}
	if len(r.ids) > 0 {
		counted.major = r.ids[0]
	}
	repeatable := r.again || r.method != http.MethodPost
	var last error
	for try := range tries {
		if ctx.Err() != nil {
			return notSent()
		}
		if err := c.limits.take(ctx, counted); err != nil {
			return err
		}
		status, header, answer, err := c.once(ctx, r, body)
		if err == nil && status < 300 && out != nil && !json.Valid(answer) {
			err = errors.New("the answer is no JSON")
		}
		if err != nil {
			last = c.lost(ctx, err, r)
			if ctx.Err() != nil || !repeatable {
				return last
			}
		} else {
			wait := c.limits.note(counted, status, header, answer)
			switch {
			case status < 300:
				if out != nil {
					decode(answer, out)
				}
				return nil
			case status == http.StatusTooManyRequests:
				last = tooFast(answer, wait)
				if wait > longestWait || last.(*transports.Fault).Wait == 0 {
					return last
				}
				continue // take waits for it
			case status < 500 || status == http.StatusNotImplemented:
				return refusal(status, answer)
			}
			last = &transports.Fault{Kind: transports.Offline, Text: "Discord has trouble at the moment. Try again later.", Cause: fmt.Errorf("status %d", status)}
			if !repeatable {
				return &transports.Fault{Kind: transports.UnknownOutcome, Text: "Discord did not say whether it was done.", Cause: last}
			}
		}
		if sleep(ctx, time.Duration(try+1)*200*time.Millisecond) != nil {
			return last
		}
	}
	return last
}

// once makes a request once.
func (c *rest) once(ctx context.Context, r request, body []byte) (int, http.Header, []byte, error) {
	path := r.path
	for _, id := range r.ids {
		path = strings.Replace(path, "{}", url.PathEscape(id), 1)
	}
	if len(r.query) > 0 {
		path += "?" + r.query.Encode()
	}
	q, err := http.NewRequestWithContext(ctx, r.method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	q.Header.Set("User-Agent", userAgent)
	if c.token != "" && !strings.HasPrefix(c.token, "Bot ") {
		q.Header.Set("User-Agent", personAgent)
	}
	if c.token != "" && r.owner == "" {
		q.Header.Set("Authorization", c.token)
	}
	if r.reason != "" {
		q.Header.Set("X-Audit-Log-Reason", r.reason)
	}
	if len(body) > 0 {
		q.Header.Set("Content-Type", r.kind)
	}
	client := *c.http
	if client.Timeout > 0 {
		client.Timeout += time.Duration(len(body)/slowest) * time.Second
	}
	a, err := client.Do(q)
	if err != nil {
		return 0, nil, nil, err
	}
	defer a.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(a.Body, maxAnswer))
	return a.StatusCode, a.Header, answer, err
}

// lost is what to say when no answer came.
func (c *rest) lost(ctx context.Context, err error, r request) *transports.Fault {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // the address of a webhook is a secret
	}
	if ctx.Err() != nil && r.method != http.MethodGet {
		return &transports.Fault{Kind: transports.UnknownOutcome, Text: "The connection ended before Discord said whether it was done.", Cause: err}
	}
	if r.method == http.MethodPost && !r.again {
		return &transports.Fault{Kind: transports.UnknownOutcome, Text: "Discord did not say whether it was done.", Cause: err}
	}
	return &transports.Fault{Kind: transports.Offline, Text: "Discord cannot be reached. Try again later.", Cause: err}
}

func tooFast(answer []byte, wait time.Duration) *transports.Fault {
	f := &transports.Fault{Kind: transports.RateLimited, Text: "Too much was sent to Discord in a short time. Try again in a while.", Wait: wait}
	if said := errorOf(answer); said.Code != 0 {
		if known, is := errorCodes[said.Code]; is {
			f.Text = known.text
		}
	}
	return f
}

type restError struct {
	Code    int             `json:"code"`
	Message string          `json:"message"`
	Errors  json.RawMessage `json:"errors"`
	Captcha json.RawMessage `json:"captcha_key"` // people are asked to prove that they are none of ours
}

func errorOf(answer []byte) (e restError) {
	decode(answer, &e)
	return e
}

// refusal is the Fault of an answer that says no.
func refusal(status int, answer []byte) *transports.Fault {
	said := errorOf(answer)
	f := &transports.Fault{Cause: &refused{status, said}}
	if known, is := errorCodes[said.Code]; is {
		f.Kind, f.Text = known.kind, known.text
		return f
	}
	switch {
	case status == http.StatusBadRequest && len(said.Captcha) > 0:
		f.Kind, f.Text = transports.Forbidden, "Discord wants you to solve a captcha for this. Open Discord's own client once, do it there, and try again."
		return f
	}
	switch status {
	case http.StatusUnauthorized:
		bad := badToken()
		bad.Cause = f.Cause
		return bad
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		f.Kind, f.Text = transports.Offline, "The address of Discord in the gateway's configuration leads to another one, which is not followed."
	case http.StatusForbidden:
		f.Kind, f.Text = transports.Forbidden, "Discord does not allow this."
	case http.StatusNotFound:
		f.Kind, f.Text = transports.NotFound, "Discord does not know this any more."
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		f.Kind, f.Text = transports.Unsupported, "The server that is configured as Discord cannot do this."
	case http.StatusRequestEntityTooLarge:
		f.Kind, f.Text = transports.TooLarge, "It is too large for Discord."
	default:
		f.Kind, f.Text = transports.Invalid, "Discord did not take it."
	}
	if said.Message != "" {
		f.Text += " It says: " + said.Message
	}
	return f
}

// refused is what Discord answered.
type refused struct {
	status int
	said   restError
}

func (r *refused) Error() string {
	return fmt.Sprintf("status %d, code %d %s %.300s", r.status, r.said.Code, r.said.Message, r.said.Errors)
}

// status is the HTTP status of a Fault that an answer led to, 0 for others.
func status(err error) int {
	var r *refused
	if errors.As(err, &r) {
		return r.status
	}
	return 0
}

// unasked tells that a server does not know the question: other servers that speak Discord's interface lack some.
func unasked(err error) bool {
	switch status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// code is Discord's number for why it refused, 0 for other errors.
func code(err error) int {
	var r *refused
	if errors.As(err, &r) {
		return r.said.Code
	}
	return 0
}
