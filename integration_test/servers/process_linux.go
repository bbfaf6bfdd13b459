package servers

import "syscall"

// childAttributes puts a child into a process group of its own and lets the kernel kill it when its parent dies.
func childAttributes(as *account) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if as != nil {
		attributes.Credential = &syscall.Credential{Uid: uint32(as.uid), Gid: uint32(as.gid)}
	}
	return attributes
}
