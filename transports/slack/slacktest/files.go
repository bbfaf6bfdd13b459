package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
)

type file struct {
	id, name, title, user string
	content               []byte
	shared                bool
}

func (w *Workspace) fileObject(f *file) Object {
	address := w.address() + "/" + w.Team + "/files/" + f.id + "/" + f.name
	return Object{"id": f.id, "name": f.name, "title": f.title, "mimetype": "text/plain", "filetype": "text", "size": len(f.content), "mode": "hosted", "user": f.user,
		"url_private": address, "url_private_download": address, "is_external": false}
}

// SendFile shares a file in a channel.
func (w *Workspace) SendFile(u *User, channel, name, content, comment string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &file{id: w.id("F"), name: name, title: name, user: u.ID, content: []byte(content), shared: true}
	w.files[f.id] = f
	return w.post(w.channels[channel], Object{"type": "message", "subtype": "file_share", "user": u.ID, "text": comment, "upload": true, "files": []any{w.fileObject(f)}})
}

// SendUnknownFile shares a file of which the message tells only that one has to ask for more, as in channels that two organisations share.
func (w *Workspace) SendUnknownFile(u *User, channel, name, content string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := &file{id: w.id("F"), name: name, title: name, user: u.ID, content: []byte(content), shared: true}
	w.files[f.id] = f
	return w.post(w.channels[channel], Object{"type": "message", "subtype": "file_share", "user": u.ID, "text": "", "files": []any{Object{"id": f.id, "mode": "file_access",
		"file_access": "check_file_info", "created": 0, "timestamp": 0}}})
}

func filesInfo(w *Workspace, _ *token, a Object) Object {
	f := w.files[str(a, "file")]
	if f == nil || !f.shared {
		return bad("file_not_found")
	}
	return Object{"file": w.fileObject(f), "comments": []any{}}
}

func filesGetUploadURL(w *Workspace, t *token, a Object) Object {
	if size, err := strconv.Atoi(str(a, "length")); err != nil || size <= 0 || str(a, "filename") == "" {
		return bad("invalid_arguments")
	}
	f := &file{id: w.id("F"), name: str(a, "filename"), title: str(a, "filename"), user: t.user}
	w.files[f.id] = f
	return Object{"upload_url": w.address() + "/" + w.Team + "/upload/" + f.id, "file_id": f.id}
}

func (w *Workspace) serveUpload(to http.ResponseWriter, r *http.Request) {
	var data []byte
	if part, _, err := r.FormFile("file"); err == nil {
		data, _ = io.ReadAll(part)
	} else {
		data, _ = io.ReadAll(r.Body)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.files[r.PathValue("file")]
	if f == nil {
		http.NotFound(to, r)
		return
	}
	f.content = data
	_, _ = io.WriteString(to, "OK - "+strconv.Itoa(len(data)))
}

func filesCompleteUpload(w *Workspace, t *token, a Object) Object {
	var wanted []struct{ ID, Title string }
	if err := json.Unmarshal([]byte(str(a, "files")), &wanted); err != nil || len(wanted) == 0 {
		return bad("invalid_arguments")
	}
	var objects []any
	for _, f := range wanted {
		known := w.files[f.ID]
		if known == nil {
			return bad("file_not_found")
		}
		known.shared = true
		if f.Title != "" {
			known.title = f.Title
		}
		objects = append(objects, w.fileObject(known))
	}
	if in := str(a, "channel_id"); in != "" {
		c, no := w.canPost(t, Object{"channel": in})
		if no != nil {
			return no
		}
		m := Object{"type": "message", "subtype": "file_share", "user": t.user, "text": str(a, "initial_comment"), "files": objects, "upload": true}
		if root := str(a, "thread_ts"); root != "" {
			m["thread_ts"] = root
		}
		w.post(c, m)
	}
	return Object{"files": objects}
}

func (w *Workspace) serveFile(to http.ResponseWriter, r *http.Request) {
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	w.mu.Lock()
	f, t := w.files[r.PathValue("file")], w.tokens[bearer]
	w.mu.Unlock()
	switch {
	case t == nil || t.in != w || t.revoked != "": // Slack shows its sign-in page
		to.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(to, "<!DOCTYPE html><title>Sign in</title>")
	case f == nil:
		http.NotFound(to, r)
	default:
		to.Header().Set("Content-Type", "text/plain")
		_, _ = to.Write(f.content)
	}
}
