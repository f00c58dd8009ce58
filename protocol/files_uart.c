/* SPDX-License-Identifier: MIT */
/*
 * What is put on a micro:bit, which reads from its UART without blocking, so that
 * Ctrl-C can be off there, and a time-out of its own ends the wait.
 *
 * It has 10 KB for all, in which the text of a function must lie in one piece beside
 * whatever is there, and so must 768 bytes to read any statement at all: so the
 * functions are small.
 */
#include "files_code.h"

#include <stddef.h>

static const char	code_call[] = FILES_CODE_CALL(",gc", "gc.collect();");

static const char	code_about[] =
    "def A(p,d,h):\n"
    " if p in os.listdir():\n"
    "  n=os.size(p)\n"
    "  print('\\6%%T0,%d,%s;'%(n,S(p) if h in (n,-1) else '-'),end='')\n"
    " else:print('\\6%T-1,0,-;',end='')\n";

static const char	code_hear[] =
    "def V(u,T,k,w):\n"
    " b=b'';t=T()\n"
    " while len(b)<k:\n"
    "  r=u.read(k-len(b))\n"
    "  if r:b+=r;t=T();w=200\n"
    "  elif T()-t>w:break\n"
    " return b\n";

static const char	code_take[] =
    "def W(t,n,w):\n"
    " import micropython as M\n"
    " from microbit import uart as u,running_time as T\n"
    " M.kbd_intr(-1)\n"
    " try:\n"
    "  f=open(t,'wb');u.write('\\6%!')\n"
    "  while n:\n"
    "   k=min(n,w)+4;b=V(u,T,k,3000)\n"
    "   if not b:raise OSError(110)\n"
    "   if len(b)<k or int.from_bytes(b,'big')%4294967291:\n"
    "    while V(u,T,64,50):pass\n"
    "    u.write('\\6%-')\n"
    "   else:f.write(b[:-4]);n-=k-4;u.write('\\6%+')\n"
    "  f.close()\n"
    " finally:M.kbd_intr(3)\n";

static const char	code_place[] = FILES_CODE_COPY(" R(t,p)\n");

/* It tells nobody how much room there is: try, before the old one is no more. */
static const char	code_room[] =
    "def R(t,p):\n"
    " if p in os.listdir():\n"
    "  k=os.size(t)-os.size(p)\n"
    "  if k>0:\n"
    "   with open('~~','wb') as f:\n"
    "    while k>-64:k-=f.write(b'~'*64)\n"
    "   os.remove('~~')\n";

static const char	code_frame[] =
    "def X(u,x):\n"
    " t=b''\n"
    " if b'\\4' in x:\n"
    "  for j in range(len(x)):\n"
    "   if x[j]==4:t+=bytes([128,j|128])\n"
    "  x=x.replace(b'\\4',b' ')+t\n"
    " u.write('\\6%%=%04x%04x%08x'%(len(x),len(t)//2,"
    "int.from_bytes(x,'big')%4294967291));u.write(x)\n";

static const char	code_give[] =
    "def G(p,s,w):\n"
    " from microbit import uart as u\n"
    " with open(p,'rb') as f:\n"
    "  while s>0:s-=len(f.read(min(s,64)))\n"
    "  while 1:\n"
    "   x=f.read(120)\n"
    "   if not x:break\n"
    "   X(u,x)\n"
    " u.write('\\6%$')\n";

static const char	code_tree[] =
    "def L(d,r,h):\n"
    " for n in os.listdir():\n"
    "  print('\\6%%L0,%d,%s,%s'%(os.size(n),S(n) if h else '-',n),"
    "end='\\0')\n";

const char *
files_code_uart(enum files_function function)
{
	switch (function) {
	case FILES_CALL: return code_call;
	case FILES_ABOUT: return code_about;
	case FILES_TAKE: return code_take;
	case FILES_PLACE: return code_place;
	case FILES_GIVE: return code_give;
	case FILES_TREE: return code_tree;
	case FILES_HEAR: return code_hear;
	case FILES_ROOM: return code_room;
	case FILES_FRAME: return code_frame;
	default: return NULL;
	}
}
