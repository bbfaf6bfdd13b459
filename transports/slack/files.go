package slack

import (
	"bytes"
	"context"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strings"
	"time"

	slackgo "github.com/slack-go/slack"

	"isthmus/mapping/text"
	"isthmus/transports"
)

const (
	// maxFile is the largest file that Slack takes.
	maxFile = 1 << 30
	// slowest is what a line must carry that a file goes up by, in bytes a second.
	slowest = 32 << 10
	// shareTime is how long a file that was sent may take until its message comes.
	shareTime = 10 * time.Second
)

// filesOf are the files of a message, and what is to be said of those that cannot be had.
func (s *Session) filesOf(ctx context.Context, m *messageObject) (files []transports.File, lost text.Text) {
	for _, f := range m.Files {
		if f.Access == "check_file_info" || f.Mode == "file_access" {
			known, err := s.fileInfo(ctx, f.ID)
			if err != nil {
				lost = append(lost, text.Plain("(a file that can be seen in Slack only)")...)
				continue
			}
			f = known
		}
		switch {
		case f.ID == "" || f.Mode == "tombstone":
			lost = append(lost, text.Plain("(a file that was deleted)")...)
		case f.Mode == "hidden_by_limit":
			lost = append(lost, text.Plain("(a file that the workspace's plan hides)")...)
		default:
			files = append(files, f.file())
		}
	}
	return files, lost
}

func (f *fileObject) file() transports.File {
	file := transports.File{ID: transports.FileID(f.ID), Name: first(f.Name, f.Title, f.ID), Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Description: f.AltText}
	if f.External {
		file.URL = first(f.ExternalURL, f.Permalink)
	}
	return file
}

func (s *Session) fileInfo(ctx context.Context, id string) (fileObject, error) {
	var answer struct {
		File fileObject `json:"file"`
	}
	_, err := s.client.read(ctx, "files.info", url.Values{"file": {id}}, &answer)
	return answer.File, err
}

// OpenFile opens a file with the account's token, which goes to Slack and to nobody else.
func (s *Session) OpenFile(ctx context.Context, file transports.File) (io.ReadCloser, error) {
	if s.live.Load() == nil {
		return nil, disconnected()
	}
	f, err := s.fileInfo(ctx, string(file.ID))
	if err != nil {
		return nil, asFault(err, false)
	}
	address := first(f.Download, f.Private)
	if address == "" || f.Mode == "tombstone" {
		return nil, fault(transports.NotFound, "The file was deleted.")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fault(transports.NotFound, "The file has no address that can be used.")
	}
	if !s.mayHaveToken(req.URL) {
		return nil, fault(transports.Forbidden, "The file is at another server than Slack's.")
	}
	req.Header.Set("Authorization", "Bearer "+s.secrets.Token)
	resp, err := s.client.files.Do(req)
	if err != nil {
		return nil, asFault(err, false)
	}
	if resp.StatusCode != http.StatusOK || isSignIn(resp, f.Type) {
		resp.Body.Close()
		return nil, fault(transports.Forbidden, "Slack does not give your account the file.")
	}
	return resp.Body, nil
}

// isSignIn tells whether an answer is the page to sign in at, which comes with a status of success.
func isSignIn(resp *http.Response, wanted string) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind == "text/html" && wanted != "text/html"
}

// mayHaveToken tells whether an address is Slack's own, or that of the configured API.
func (s *Session) mayHaveToken(u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	for _, domain := range []string{"slack.com", "slack-files.com", "slack-gov.com"} {
		if u.Scheme == "https" && (host == domain || strings.HasSuffix(host, "."+domain)) {
			return true
		}
	}
	api, err := url.Parse(s.client.base)
	return err == nil && u.Scheme == api.Scheme && strings.EqualFold(host, api.Hostname())
}

// sendFiles sends files as one message. It gives the message's timestamp, where it became known, and the marks of the echo.
func (s *Session) sendFiles(ctx context.Context, channel string, command transports.Send, words string) (ts string, marks []string, err error) {
	web := s.client.web()
	complete := slackgo.CompleteUploadExternalParameters{Channel: channel, InitialComment: words, ThreadTimestamp: string(command.Thread)}
	for _, upload := range command.Files {
		id, err := s.upload(ctx, web, upload)
		if err != nil {
			return "", nil, err
		}
		complete.Files = append(complete.Files, slackgo.FileSummary{ID: id, Title: upload.Name})
	}
	shared := make(chan string, 1)
	file := complete.Files[0].ID
	s.mu.Lock()
	s.uploads[channel+" "+file] = shared
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.uploads, channel+" "+file)
		s.mu.Unlock()
	}()
	_, err = web.CompleteUploadExternalContext(ctx, complete)
	if err = s.client.did("files.completeUploadExternal", err); err != nil {
		return "", nil, asFault(err, true)
	}
	wait := time.NewTimer(shareTime)
	defer wait.Stop()
	select {
	case ts = <-shared:
	case <-wait.C:
		s.log.Info("A file was sent, and its message did not come.", "channel", channel)
	case <-ctx.Done():
	}
	return ts, []string{fileMark(channel, file)}, nil
}

// uploaded takes the timestamp of the message that a file became.
func (s *Session) uploaded(channel, file, ts string) {
	s.mu.Lock()
	waits := s.uploads[channel+" "+file]
	delete(s.uploads, channel+" "+file)
	s.mu.Unlock()
	if waits != nil {
		waits <- ts
	}
}

// upload brings a file to Slack without showing it to anybody yet, and gives its id. https://docs.slack.dev/messaging/working-with-files
func (s *Session) upload(ctx context.Context, web *slackgo.Client, upload transports.Upload) (id string, err error) {
	switch {
	case upload.Size > maxFile:
		return "", fault(transports.TooLarge, "Slack takes files up to a gigabyte.")
	case upload.Size <= 0:
		return "", fault(transports.Invalid, "The file is empty, and Slack takes no empty files.")
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout+time.Duration(upload.Size/slowest)*time.Second)
	defer cancel()
	place, err := web.GetUploadURLExternalContext(ctx, slackgo.GetUploadURLExternalParameters{FileName: first(upload.Name, "file"), FileSize: int(upload.Size), AltTxt: upload.Description})
	if err = s.client.did("files.getUploadURLExternal", err); err != nil {
		return "", asFault(err, false)
	}
	content, err := upload.Open(ctx)
	if err != nil {
		return "", &transports.Fault{Kind: transports.Offline, Text: "The file could not be read. Send it again.", Cause: err}
	}
	defer content.Close()
	// Its address alone gives the right to it: the token stays here, wherever it leads.
	body, length, kind, err := form(upload, content)
	if err != nil {
		return "", &transports.Fault{Kind: transports.Internal, Text: "The file could not be sent.", Cause: err}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, place.UploadURL, body)
	if err != nil {
		return "", &transports.Fault{Kind: transports.Offline, Text: "Slack gave no place for the file. Send it again.", Cause: err}
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", kind)
	resp, err := s.client.files.Do(req)
	if err != nil {
		return "", asFault(err, false) // nobody has seen it
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", &transports.Fault{Kind: transports.Offline, Text: "Slack did not take the file. Send it again.", Cause: &apiError{method: "upload", code: resp.Status}}
	}
	return place.FileID, nil
}

// form is a form with the file, which is read while it is sent.
func form(upload transports.Upload, content io.Reader) (body io.Reader, length int64, kind string, err error) {
	var head bytes.Buffer
	writer := multipart.NewWriter(&head)
	header := textproto.MIMEHeader{"Content-Disposition": {mime.FormatMediaType("form-data", map[string]string{"name": "file", "filename": first(upload.Name, "file")})},
		"Content-Type": {first(upload.Type, "application/octet-stream")}}
	if _, err = writer.CreatePart(header); err != nil {
		return nil, 0, "", err
	}
	start := head.Len()
	if err = writer.Close(); err != nil {
		return nil, 0, "", err
	}
	all := head.Bytes()
	return io.MultiReader(bytes.NewReader(all[:start]), io.LimitReader(content, upload.Size), bytes.NewReader(all[start:])), int64(len(all)) + upload.Size, writer.FormDataContentType(), nil
}
