/* SPDX-License-Identifier: MIT */
/*
 * The board's half of moving files.  Each byte here is waited for once per boot,
 * and costs memory on the board, so the texts are terse: names have a letter,
 * a level is indented by one blank.  The functions live in a namespace of their
 * own, where nothing that a user calls str or open gets in the way.
 *
 * A receiver reads by whole windows at the speed of C, with Ctrl-C left on: a
 * blocking read with Ctrl-C off would hold the board for ever once its other
 * side is gone.  So frames have no 02, 03, 04 or 0D in them (see files_frame.h),
 * which also makes them harmless where they end up at a prompt.  What comes has
 * a checksum, what is written is read back, and only then does it get its name.
 */
#include "files_code.h"

/*
 * storage is a name that a user's own module may have, which would be run.  main.py
 * is in the first of the directories that STM32's and OpenMV's have in sys.path for
 * their flash and a card that they were started with; else in "/".
 */
const char	files_probe[] =
    "def F(m,*a):\n"
    " try:\n"
    "  m=__import__(m)\n"
    "  for x in a:m=getattr(m,x)\n"
    "  return '1'\n"
    " except Exception:return '0'\n"
    "__import__('gc').collect()\n"
    "p=[x for x in getattr(__import__('sys'),'path',())"
    "if x in('/sd','/sdcard','/flash')]\n"
    "print('\\6%?'+F('sys','stdin','buffer','readinto')+"
    "F('binascii','crc32')+F('deflate','DeflateIO')+"
    "F('zlib','decompress')+F('hashlib','sha256')+"
    "F('hashlib','new')+F('usb_cdc','console','readinto')+"
    "F('microbit','uart')+F('os','rename')+F('os','stat')+"
    "F('os','ilistdir')+F('os','statvfs')+"
    "(F('storage','getmount')if getattr(__import__('sys'),"
    "'implementation',' ')[0][0]=='c'else'0')+"
    "str(__import__('gc').mem_free())+','+"
    "(p[0]if'/flash'in p else'/'),end=';')\n"
    FILES_END;

static const char	code_call[] = FILES_CODE_CALL("", "");

static const char	code_digest_sha[] =
    "import hashlib,binascii\n"
    "def S(p):\n"
    " h=hashlib.sha256();m=memoryview(bytearray(1024))\n"
    " with open(p,'rb') as f:\n"
    "  while 1:\n"
    "   n=f.readinto(m)\n"
    "   if not n:return binascii.hexlify(h.digest()).decode()\n"
    "   h.update(m[:n])\n";

static const char	code_digest_sha_new[] =
    "import hashlib,binascii\n"
    "def S(p):\n"
    " h=hashlib.new('sha256');m=memoryview(bytearray(1024))\n"
    " with open(p,'rb') as f:\n"
    "  while 1:\n"
    "   n=f.readinto(m)\n"
    "   if not n:return binascii.hexlify(h.digest()).decode()\n"
    "   h.update(m[:n])\n";

static const char	code_digest_crc[] =
    "import binascii\n"
    "def S(p):\n"
    " c=0;m=memoryview(bytearray(1024))\n"
    " with open(p,'rb') as f:\n"
    "  while 1:\n"
    "   n=f.readinto(m)\n"
    "   if not n:return c&0xffffffff\n"
    "   c=binascii.crc32(m[:n],c)\n";

/* 4294967291 is the largest prime of 32 bits; see files_frame.h. */
static const char	code_digest_sum[] =
    "def S(p):\n"
    " s=0\n"
    " with open(p,'rb') as f:\n"
    "  while 1:\n"
    "   b=f.read(120)\n"
    "   if not b:return s\n"
    "   s=(s*257+int.from_bytes(b,'big'))%4294967291\n";

/*
 * Of a file: kind, size, its digest if h is its size.  Of the volume: how large
 * its blocks are, how many are free, how many there are, whether it is read-only.
 */
#define ABOUT(import, read_only)					\
	import								\
	"def A(p,d,h):\n"						\
	" try:\n"							\
	"  s=os.stat(p);k=s[0]>>14&1\n"					\
	"  print('\\6%%T%d,%d,%s;'%(k,s[6],S(p) if not k and "		\
	"h in (s[6],-1) else '-'),end='')\n"				\
	" except OSError:print('\\6%T-1,0,-;',end='')\n"		\
	" v=os.statvfs(d)\n"						\
	" print('\\6%%V%d,%d,%d,%d;'%(v[0],v[3],v[2]," read_only "),end='')\n"

static const char	code_about[] = ABOUT("", "0");
static const char	code_about_mount[] =
    ABOUT("import storage\n", "storage.getmount('/').readonly");

static const char	code_about_plain[] =
    "def A(p,d,h):\n"
    " try:\n"
    "  with open(p,'rb') as f:\n"
    "   n=0\n"
    "   while 1:\n"
    "    b=f.read(64)\n"
    "    if not b:break\n"
    "    n+=len(b)\n"
    "  print('\\6%%T0,%d,%s;'%(n,S(p) if h in (n,-1) else '-'),end='')\n"
    " except OSError:print('\\6%T-1,0,-;',end='')\n";

/*
 * Over a directory entry some file systems do not rename, and some do by removing
 * it first.  Between the removal and the new name there is only the complete
 * temporary.
 */
#define PLACE								\
	" if S(t)!=x:raise OSError(5)\n"				\
	" if hasattr(os,'sync'):os.sync()\n"				\
	" try:os.rename(t,p)\n"						\
	" except OSError:\n"						\
	"  os.remove(p);os.rename(t,p)\n"				\
	" if hasattr(os,'sync'):os.sync()\n"

/*
 * t: temporary, a: mode, n: bytes, w: window, c: bytes of the file in a deflated
 * frame, z: its window in bits or 0, p: name, x: digest.
 */
#define TAKE(imports, in, inflater, inflate)				\
	"import binascii," imports "\n"				\
	"def W(t,a,n,w,c,z,p,x):\n"					\
	" " in								\
	" b=bytearray(w);m=memoryview(b);h=memoryview(bytearray(16));"	\
	"y=b''\n"							\
	inflater							\
	" f=open(t,a)\n"						\
	" try:\n"							\
	"  o(b'\\6%!')\n"						\
	"  while n>0:\n"						\
	"   i(h)\n"							\
	"   try:\n"							\
	"    k=int(bytes(h[:4]),16);e=int(bytes(h[4:8]),16)\n"		\
	"    if k>w:raise ValueError\n"					\
	"    i(m[:k])\n"						\
	"    if binascii.crc32(m[:k])&0xffffffff!=int(bytes(h[8:]),16):"\
	"raise ValueError\n"						\
	"   except ValueError:\n"					\
	"    o(b'\\6%-');continue\n"					\
	"   o(b'\\6%+');k-=2*e\n"					\
	"   for j in range(k,k+2*e,2):\n"				\
	"    v=(b[j]&127)<<7|b[j+1]&127;b[v&4095]=b'\\2\\3\\4\\r'[v>>12]\n" \
	inflate								\
	"   n-=f.write(m[:k]);o(b'\\6%.')\n"				\
	" finally:f.close()\n"						\
	PLACE

#define STREAM	"i=sys.stdin.buffer.readinto;o=sys.stdout.buffer.write\n"
#define CDC	"i=usb_cdc.console.readinto;o=usb_cdc.console.write\n"
#define BY_ZLIB								\
	"   if z:\n"							\
	"    q=zlib.decompress(bytes(m[:k]),-z);k=len(q);m[:k]=q\n"

static const char	code_take_stream[] = TAKE("sys,io,deflate", STREAM,
    " if z:s=io.BytesIO();d=deflate.DeflateIO(s,1,z)\n",
    "   if z:\n"
    "    s.seek(0);s.write(y);s.write(m[:k]);e=s.tell();s.seek(0);"
    "k=min(n,c);r=0\n"
    "    while r<k:r+=d.readinto(m[r:k])\n"
    "    y=s.read(e-s.tell())\n");

static const char	code_take_stream_zlib[] =
    TAKE("sys,zlib", STREAM, "", BY_ZLIB);
static const char	code_take_stream_raw[] = TAKE("sys", STREAM, "", "");
static const char	code_take_cdc[] = TAKE("usb_cdc,zlib", CDC, "", BY_ZLIB);
static const char	code_take_cdc_raw[] = TAKE("usb_cdc", CDC, "", "");

static const char	code_place[] = "def N(t,p,x):\n" PLACE;

static const char	code_place_copy[] = FILES_CODE_COPY("");

/* 04 would be the end of the statement, so frames have none. */
#define GIVE(module, out)						\
	"import binascii," module "\n"					\
	"def G(p,s,w):\n"						\
	" o=" out "\n"							\
	" b=bytearray(w);m=memoryview(b)\n"				\
	" with open(p,'rb') as f:\n"					\
	"  f.seek(s)\n"							\
	"  while 1:\n"							\
	"   n=f.readinto(b)\n"						\
	"   if not n:break\n"						\
	"   x=bytes(m[:n]);t=b'';j=x.find(b'\\4')\n"			\
	"   while j>=0:t+=bytes((j>>7|128,j&127|128));j=x.find(b'\\4',j+1)\n" \
	"   if t:x=x.replace(b'\\4',b' ')+t\n"				\
	"   o(('\\6%%=%04x%04x%08x'%(len(x),len(t)//2,"			\
	"binascii.crc32(x)&0xffffffff)).encode());o(x)\n"		\
	" o(b'\\6%$')\n"

static const char	code_give_stream[] =
    GIVE("sys", "sys.stdout.buffer.write");
static const char	code_give_cdc[] =
    GIVE("usb_cdc", "usb_cdc.console.write");

/* Where nothing but print is sure to be there: hexadecimal. */
static const char	code_give_plain[] =
    "def G(p,s,w):\n"
    " with open(p,'rb') as f:\n"
    "  while s>0:s-=len(f.read(min(s,64)))\n"
    "  while 1:\n"
    "   x=f.read(64)\n"
    "   if not x:break\n"
    "   print('\\6%%#%04x0000%08x'%(len(x)*2,"
    "int.from_bytes(x,'big')%4294967291),end='')\n"
    "   for c in x:print('%02x'%c,end='')\n"
    " print('\\6%$',end='')\n";

static const char	code_tree_ilist[] =
    "def L(d,r,h):\n"
    " for e in os.ilistdir(d):\n"
    "  p=d+('/' if d[-1:]not in('','/')else '')+e[0];k=e[1]>>14&1\n"
    "  s=e[3] if len(e)>3 else os.stat(p)[6]\n"
    "  print('\\6%%L%d,%d,%s,%s'%(k,s,S(p) if h and not k else '-',p),"
    "end='\\0')\n"
    "  if r and k:L(p,r,h)\n";

static const char	code_tree[] =
    "def L(d,r,h):\n"
    " for n in os.listdir(d):\n"
    "  p=d+('/' if d[-1:]not in('','/')else '')+n;s=os.stat(p);k=s[0]>>14&1\n"
    "  print('\\6%%L%d,%d,%s,%s'%(k,s[6],S(p) if h and not k else '-',p),"
    "end='\\0')\n"
    "  if r and k:L(p,r,h)\n";

static const char	code_drop[] =
    "def D(p):\n"
    " if os.stat(p)[0]&16384:\n"
    "  for n in os.listdir(p):D(p+'/'+n)\n"
    "  os.rmdir(p)\n"
    " else:os.remove(p)\n";

static const char	code_drop_plain[] =
    "def D(p):\n"
    " os.remove(p)\n";

/* What is there already is well where it is a directory, too. */
static const char	code_make[] =
    "def K(p,r):\n"
    " i=p.find('/',1) if r else 0\n"
    " while i>0:\n"
    "  try:os.mkdir(p[:i])\n"
    "  except OSError as e:\n"
    "   if e.args[0]!=17:raise\n"
    "  i=p.find('/',i+1)\n"
    " try:os.mkdir(p)\n"
    " except OSError as e:\n"
    "  if not r or e.args[0]!=17 or not os.stat(p)[0]&16384:raise\n";

/*
 * What interrupted writers have left, in any directory: so many entries are looked
 * at, however large a card is.  A name like that is nobody else's.  Where there is
 * nothing of the name that it was to get, it may be all that there is of a file.
 */
#define SWEEP(each, name, is_directory)					\
	"import os\n"							\
	"n=999\n"							\
	"def D(d):\n"							\
	" global n\n"							\
	" for e in os." each "(d):\n"					\
	"  p=d+('' if d=='/' else '/')+" name ";n-=1\n"		\
	"  if n<0:break\n"						\
	"  try:\n"							\
	"   if p[-2:]=='.~':os.stat(p[:-2]);os.remove(p)\n"		\
	"   elif " is_directory "&16384:D(p)\n"			\
	"  except OSError:pass\n"					\
	"D('/')\n"							\
	FILES_END

static const char	code_sweep_ilist[] = SWEEP("ilistdir", "e[0]", "e[1]");
static const char	code_sweep[] = SWEEP("listdir", "e", "os.stat(p)[0]");

static const char	code_sweep_flat[] =
    "import os\n"
    "l=os.listdir()\n"
    "for p in l:\n"
    " if p=='~~' or p[-2:]=='.~' and p[:-2]in l:os.remove(p)\n"
    FILES_END;

const char *
files_sweep(unsigned has)
{
	if ((has & FILES_HAS_UART) != 0 || (has & FILES_HAS_STAT) == 0)
		return code_sweep_flat;
	return (has & FILES_HAS_ILIST) != 0 ? code_sweep_ilist : code_sweep;
}

static const char	code_add[] =
    "def B(p,a,b):\n"
    " with open(p,a) as f:f.write(b)\n";

static const char *
code_digest(unsigned has)
{
	if ((has & FILES_HAS_SHA) != 0)
		return code_digest_sha;
	if ((has & FILES_HAS_SHA_NEW) != 0)
		return code_digest_sha_new;
	return (has & FILES_HAS_CRC) != 0 ? code_digest_crc : code_digest_sum;
}

static const char *
code_take(unsigned has)
{
	if ((has & FILES_HAS_CDC) != 0)
		return (has & FILES_HAS_ZLIB) != 0 ? code_take_cdc :
		    code_take_cdc_raw;
	if ((has & FILES_HAS_DEFLATE) != 0)
		return code_take_stream;
	return (has & FILES_HAS_ZLIB) != 0 ? code_take_stream_zlib :
	    code_take_stream_raw;
}

static const char *
code_give(unsigned has)
{
	if ((has & FILES_HAS_CRC) == 0)
		return code_give_plain;
	if ((has & FILES_HAS_CDC) != 0)
		return code_give_cdc;
	return (has & FILES_HAS_STREAM) != 0 ? code_give_stream :
	    code_give_plain;
}

static const char *
code_about_of(unsigned has)
{
	if ((has & FILES_HAS_STAT) == 0 || (has & FILES_HAS_SPACE) == 0)
		return code_about_plain;
	return (has & FILES_HAS_MOUNT) != 0 ? code_about_mount : code_about;
}

static const char *
code_place_of(unsigned has)
{
	return (has & FILES_HAS_RENAME) != 0 ? code_place : code_place_copy;
}

static const char *
code_tree_of(unsigned has)
{
	return (has & FILES_HAS_ILIST) != 0 ? code_tree_ilist : code_tree;
}

const char *
files_code(enum files_function function, unsigned has)
{
	const char	*text = (has & FILES_HAS_UART) != 0 ?
			    files_code_uart(function) : NULL;

	if (text != NULL)
		return text;
	switch (function) {
	case FILES_CALL: return code_call;
	case FILES_DIGEST: return code_digest(has);
	case FILES_ABOUT: return code_about_of(has);
	case FILES_TAKE: return code_take(has);
	case FILES_PLACE: return code_place_of(has);
	case FILES_GIVE: return code_give(has);
	case FILES_TREE: return code_tree_of(has);
	case FILES_DROP: return (has & FILES_HAS_STAT) != 0 ? code_drop :
	    code_drop_plain;
	case FILES_MAKE: return code_make;
	case FILES_ADD: return code_add;
	default: return "";
	}
}

unsigned
files_code_needs(enum files_function function, unsigned has)
{
	switch (function) {
	case FILES_TAKE:
		return FILES_CALL | ((has & FILES_HAS_UART) != 0 ?
		    FILES_HEAR : FILES_DIGEST);
	case FILES_PLACE:
		return FILES_CALL | FILES_DIGEST |
		    ((has & FILES_HAS_UART) != 0 ? FILES_ROOM : 0);
	case FILES_ABOUT: case FILES_TREE:
		return FILES_CALL | FILES_DIGEST;
	case FILES_GIVE:
		return FILES_CALL | ((has & FILES_HAS_UART) != 0 ?
		    FILES_FRAME : 0);
	case FILES_DROP: case FILES_MAKE: case FILES_ADD:
		return FILES_CALL;
	default:
		return 0;
	}
}
