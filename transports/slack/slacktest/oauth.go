package slacktest

import (
	"net/http"
	"net/url"
	"strings"
)

// Authorize is the address of the page where people authorise the app.
func (w *Workspace) Authorize() string {
	return w.address() + "/oauth/v2/authorize"
}

// serveAuthorize is the page: whoever opens it is Browser, and allows what is asked for; where there is none, they refuse.
func (w *Workspace) serveAuthorize(to http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	back, err := url.Parse(query.Get("redirect_uri"))
	w.mu.Lock()
	wrong := w.client.allows(query.Get("client_id"), query.Get("redirect_uri"), strings.Split(query.Get("user_scope"), ","))
	if err != nil || wrong != "" {
		w.mu.Unlock()
		http.Error(to, wrong, http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {query.Get("state")}}
	if w.Browser == nil {
		answer.Set("error", "access_denied")
	} else {
		code := w.unique("code")
		w.grants[code] = grant{w.Browser.in, w.Browser.ID, query.Get("user_scope"), query.Get("redirect_uri")}
		answer.Set("code", code)
	}
	w.mu.Unlock()
	back.RawQuery = answer.Encode()
	http.Redirect(to, r, back.String(), http.StatusFound)
}

// access exchanges a grant for a token, once (oauth.v2.access).
func (w *Workspace) access(a Object) Object {
	g, known := w.grants[str(a, "code")]
	delete(w.grants, str(a, "code"))
	switch {
	case str(a, "client_id") != w.client.id || str(a, "client_secret") != w.client.secret:
		return bad("bad_client_secret")
	case !known:
		return bad("invalid_code")
	case g.redirect != str(a, "redirect_uri"):
		return bad("bad_redirect_uri")
	}
	name := "xoxp-" + w.unique("")
	w.tokens[name] = &token{in: g.in, of: w.apps[w.client.app], user: g.user, scopes: g.scopes}
	return Object{"ok": true, "app_id": "A1", "team": Object{"id": g.in.Team, "name": g.in.Name}, "authed_user": Object{"id": g.user, "scope": g.scopes, "access_token": name, "token_type": "user"}}
}
