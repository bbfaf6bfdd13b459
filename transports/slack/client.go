package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"
)

const (
	// maxAnswer bounds an answer of the Web API, in bytes.
	maxAnswer = 16 << 20
	// callTimeout bounds a call, without what it waits for its turn.
	callTimeout = 30 * time.Second
)

// client calls the Web API for one token. What is done goes through slack-go. What is read goes through read, because the library refuses a whole answer for one
// value of a type that it does not expect, and with it a workspace; and for the same reason the library sees of an answer only what it needs (see cut).
type client struct {
	base, token string
	http        *http.Client
	files       *http.Client // without a time that bounds a transfer as a whole
	limits      *limits
	// shares names those who share the rates of calls: all accounts of an app in a workspace.
	shares string
	// dead, which may be nil, is told when the token is worth nothing any more.
	dead func(*apiError)
}

// apiError is what the Web API says was wrong.
type apiError struct {
	method, code string
	// needed is the scope that is missing, provided those that there are.
	needed, provided string
	wait             time.Duration // with ratelimited
}

func (e *apiError) Error() string { return e.method + ": " + e.code }

// answer is what all answers of the Web API have.
type answer struct {
	OK       bool   `json:"ok"`
	Code     string `json:"error"`
	Needed   string `json:"needed"`
	Provided string `json:"provided"`
	Next     struct {
		Cursor string `json:"next_cursor"`
	} `json:"response_metadata"`
}

// read calls a method and decodes its answer, and gives the cursor of the next page.
func (c *client) read(ctx context.Context, method string, arguments url.Values, into any) (next string, err error) {
	next, _, err = c.readWithHeader(ctx, method, arguments, into)
	return next, err
}

func (c *client) readWithHeader(ctx context.Context, method string, arguments url.Values, into any) (next string, header http.Header, err error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout+patienceOf(ctx))
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+method, strings.NewReader(arguments.Encode()))
	if err != nil {
		return "", nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.roundTrip(req)
	if err != nil {
		return "", nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return "", nil, err
	}
	a, err := c.check(method, resp, data)
	if err == nil && into != nil {
		err = lenient(data, into)
	}
	return a.Next.Cursor, resp.Header, err
}

// test is whom the token stands for, and its scopes.
func (c *client) test(ctx context.Context) (who identity, scopes []string, err error) {
	_, header, err := c.readWithHeader(ctx, "auth.test", nil, &who)
	if who.Whole && who.Team == "" {
		who.Team = who.Enterprise
	}
	if err == nil && (who.User == "" || who.Team == "") {
		err = &apiError{method: "auth.test", code: "bad_answer"}
	}
	for scope := range strings.SplitSeq(header.Get("X-OAuth-Scopes"), ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			scopes = append(scopes, scope)
		}
	}
	return who, scopes, err
}

// check finds what is wrong with an answer.
func (c *client) check(method string, resp *http.Response, data []byte) (answer, error) {
	var a answer
	if resp.StatusCode == http.StatusTooManyRequests {
		return a, &apiError{method: method, code: "ratelimited", wait: c.limits.until(c.shares, method)}
	}
	if err := lenient(data, &a); err != nil {
		return a, &apiError{method: method, code: "bad_answer_" + resp.Status}
	}
	if a.OK {
		return a, nil
	}
	if resp.StatusCode >= http.StatusInternalServerError || a.Code == "" {
		a.Code = "internal_error"
	}
	e := &apiError{method: method, code: a.Code, needed: a.Needed, provided: a.Provided}
	c.notice(e, resp.Header)
	return a, e
}

// isRateLimit tells whether an error says that the method was called too often.
func isRateLimit(code string) bool { return code == "ratelimited" || code == "rate_limited" }

// notice takes up what an error means for the calls after it. The header is nil where it was looked at before.
func (c *client) notice(e *apiError, header http.Header) {
	if isRateLimit(e.code) {
		if header != nil {
			c.limits.block(c.shares, e.method, retryAfter(header))
		}
		e.wait = c.limits.until(c.shares, e.method)
	}
	if deadTokens[e.code] && c.dead != nil {
		c.dead(e)
	}
}

// roundTrip carries out a request of the API when its turn has come.
func (c *client) roundTrip(req *http.Request) (*http.Response, error) {
	method, isAPI := strings.CutPrefix(req.URL.String(), c.base)
	method, _, _ = strings.Cut(method, "?")
	if isAPI {
		if err := c.limits.take(req.Context(), c.shares, method); err != nil {
			return nil, err
		}
	}
	if err := req.Context().Err(); err != nil {
		return nil, notSent()
	}
	resp, err := c.http.Do(req)
	if err == nil && isAPI && resp.StatusCode == http.StatusTooManyRequests {
		c.limits.block(c.shares, method, retryAfter(resp.Header))
	}
	return resp, err
}

// web is slack-go for the token.
func (c *client) web() *slackgo.Client {
	return slackgo.New(c.token, slackgo.OptionAPIURL(c.base), slackgo.OptionHTTPClient(cutter{c}))
}

// did turns an error of slack-go into one of ours.
func (c *client) did(method string, err error) error {
	var refused slackgo.SlackErrorResponse
	var limited *slackgo.RateLimitedError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return &apiError{method: method, code: "ratelimited", wait: c.limits.until(c.shares, method)}
	case errors.As(err, &refused):
		e := &apiError{method: method, code: refused.Err, needed: refused.Needed, provided: refused.Provided}
		c.notice(e, nil)
		return e
	}
	return err
}

// cutter is the http client of slack-go.
type cutter struct{ *client }

// Do carries out a request and cuts its answer down to what the library needs.
func (c cutter) Do(req *http.Request) (*http.Response, error) {
	resp, err := c.roundTrip(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		return resp, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, err
	}
	var a answer
	if method, isAPI := strings.CutPrefix(req.URL.String(), c.base); isAPI && lenient(data, &a) == nil && isRateLimit(a.Code) {
		c.limits.block(c.shares, method, retryAfter(resp.Header))
	}
	resp.Body = io.NopCloser(bytes.NewReader(cut(data)))
	return resp, nil
}

// cut leaves of an answer what the library needs: a value of an odd type elsewhere in it must not turn what was done into an error.
func cut(data []byte) []byte {
	var kept struct {
		OK       bool   `json:"ok"`
		Error    string `json:"error,omitempty"`
		Needed   string `json:"needed,omitempty"`
		Provided string `json:"provided,omitempty"`
		Channel  string `json:"channel,omitempty"`
		TS       string `json:"ts,omitempty"`
		Text     string `json:"text,omitempty"`
		URL      string `json:"upload_url,omitempty"`
		FileID   string `json:"file_id,omitempty"`
	}
	if lenient(data, &kept) != nil {
		return data
	}
	short, err := json.Marshal(kept)
	if err != nil {
		return data
	}
	return short
}

// lenient decodes JSON as far as it fits: values of other types than expected are passed over.
func lenient(data []byte, into any) error {
	err := json.Unmarshal(data, into)
	var odd *json.UnmarshalTypeError
	if errors.As(err, &odd) && odd.Field != "" {
		return nil // the rest has been decoded
	}
	return err
}

// pages reads all pages of a list, at most max of them: short ones and empty ones too, for only the cursor tells where it ends. It tells whether that was all.
func (c *client) pages(ctx context.Context, method string, arguments url.Values, max int, take func(page json.RawMessage) (more bool, err error)) (whole bool, err error) {
	for range max {
		var page json.RawMessage
		next, err := c.read(ctx, method, arguments, &page)
		if err != nil {
			return false, err
		}
		if more, err := take(page); err != nil || !more {
			return next == "", err
		}
		if next == "" {
			return true, nil
		}
		if next == arguments.Get("cursor") { // it would go on like this
			return false, nil
		}
		arguments.Set("cursor", next)
	}
	return false, nil
}
