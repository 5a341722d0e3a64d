"""Short forms of given names, English and German: "Bob" is Robert, "Betty" may be Elizabeth."""

from services.capture.domain.cleaning import folded

#: A name with its short forms; a short form may belong to several names.
_FORMS = """
abigail abby gail; abraham abe bram; albert al bert bertie; alexander alex al xander sandy alec;
alexandra alex sandra; alfred al fred alf; alice ally; allison ally allie; amanda mandy; andrew andy drew;
angela angie; ann anne anna annie annette; anna anni anneliese; anthony tony; antoinette toni nettie;
archibald archie; arthur art artie; augustus gus; barbara barb babs barbie; bartholomew bart; beatrice bea trixie;
benjamin ben benny benji; bernard bernie; bernhard bernd; bradley brad; calvin cal; cameron cam; candace candy;
caroline carol carrie; carolyn carol carrie lynn; cassandra cass; catherine cathy kate katie cate cat;
cecilia cece celia; charles charlie chuck chas; charlotte lottie charlie char; chester chet; christian chris;
christina chris tina chrissy; christine chris tina chrissy; christopher chris kit topher; clarence clare;
clifford cliff; clinton clint; constance connie; cornelius neil; curtis curt; cynthia cindy; daniel dan;
danielle dani; david dave davey; deborah deb debbie debby; debra deb debbie; dennis denny; dolores lola;
dominic dom nick; don donnie; dorothy dot dottie dolly; douglas doug; edgar ed; edmund ed ned;
edward ed eddie ted ned; edwin ed eddie; eleanor ellie nell nora;
elizabeth liz beth betty betsy eliza lizzie libby lisa bess; ellen nell ellie; emanuel manny; emily em emmy; emma em;
ernest ernie; esther essie; eugene gene; evelyn evie; ezekiel zeke; florence flo; frances fran franny;
francis frank fran; franklin frank; frederick fred freddy rick fritz; friedrich fritz; gabriel gabe; gabriela gabby;
gabrielle gabby; geoffrey geoff jeff; george georgie; gerald gerry jerry; geraldine gerry; gerard gerry;
gerhard gerd; gilbert gil bert; gordon gordy; grace gracie; gregory greg gregg; gretchen greta; gustav gus;
gwendolyn gwen; hannah anna; harold hal harry; harriet hattie; harrison harry; heinrich heinz heiner;
helen nell ellie lena; henry hank harry hal; herbert herb bert; herman herm; hubert hugh bert; irene rena; isaac ike;
isabel isa bella izzy; isabella bella izzy; jacob jake jay; jacqueline jackie; james jim jimmy jamie jem; jane janie;
janet jan; janice jan; jason jay; jeffrey jeff; jennifer jen jenny; jeremiah jerry jem; jeremy jerry; jerome jerry;
jessica jess jessie; joan joanie; joanna jo; joanne jo; johannes hans hannes john; john jack johnny jon;
johnathan jon john; jonathan jon john nathan; joseph joe joey; josephine jo josie; joshua josh; joyce joy;
judith judy; juergen jurgen; julia julie; juliana julie; karl carl; katherine kathy kate katie kat kay kit;
kathleen kathy kate katie kay; kathryn kathy kate katie kay; katrina kate trina; kenneth ken kenny; kimberly kim;
klaus claus; kristen kris; kristin kris; kristina kris tina; kristine kris; lawrence larry lars;
leonard leo len lenny; leroy roy lee; leslie les; lester les; lewis lou lew; lillian lil lilly; linda lindy lynn;
lorraine lori; louis lou louie; louise lou; lucas luke; lucille lucy; madeline maddie; manfred fred;
margaret maggie meg peg peggy marge margie greta rita madge; maria mary marie; marianne mary anne; marilyn mary lynn;
marjorie marge margie; mark marc; martha marty mattie; martin marty; marvin marv; mary marie molly polly;
mathew matt; matthew matt; matthias matt; maureen mo; maurice maury mo; maximilian max; maxwell max; melanie mel;
melissa mel missy; melvin mel; michael mike mick mickey micky mikey; michelle shelly; miriam mimi; mitchell mitch;
mohammed mo mohamed muhammad; morris mo; nancy nan; natalie nat; natasha tasha; nathan nate nat;
nathaniel nate nat nathan; nicholas nick; nicky nico; nicole nikki nicky; nora norah; norbert bert; norman norm;
oliver ollie; olivia liv livvy; oscar ossie; otto ott; pamela pam; patricia pat patty patsy trish tricia;
patrick pat paddy rick; paul paulie; paula polly; penelope penny; peter pete; philip phil pip; phillip phil pip;
phyllis phyl; priscilla cilla; rachel rae; ralph rafe; randolph randy; raymond ray; rebecca becky becca;
reginald reg reggie; reinhard reiner; reuben rube; rhonda ron; richard rick dick rich richie ricky;
robert bob rob bobby robbie bert; roberta bobbie; roderick rod rick; rodney rod; roger rog; roland rollie;
ronald ron ronnie; rosalind rosie; rosemary rose rosie; roxanne roxy; rudolf rudi; rudolph rudy; russell russ rusty;
ruth ruthie; sabrina bri; salvatore sal; samantha sam sammy; samuel sam sammy; sandra sandy; sarah sally sara sadie;
sebastian seb; shannon shan; sharon shari; sidney sid; sophia sophie; stanley stan; stefan steve;
stephanie steph stefanie; stephen steve stevie steven; steven steve stevie; stuart stu; susan sue susie suzy;
suzanne sue; suzanne sue suzy; sylvester sly; sylvia syl; tabitha tabby; tamara tammy; terence terry;
teresa terry tess; terrance terry; terrence terry; theodore ted teddy theo; theresa terry tess tracy;
thomas tom tommy; timothy tim timmy; tobias toby; tracy tray; ulrich uli; valerie val; vanessa nessa;
veronica ronnie vera; victor vic; victoria vicky tori; vincent vince vinny; viola vi; violet vi;
virginia ginny ginger; vivian viv; walter walt wally; warren ren; wayne way; wendell dell; wesley wes; wilbur will;
wilfred will fred; wilhelm willi; willard will; william bill will billy willie; winifred winnie fred; winston win;
wolfgang wolf; yvonne vonnie; zachariah zach; zachary zach zack;
"""


def _groups() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for group in _FORMS.split(";"):
        words = [folded(word) for word in group.split()]
        if not words:
            continue
        for word in words:
            found.setdefault(word, set()).add(words[0])
        found[words[0]].add(words[0])
    return {word: frozenset(roots) for word, roots in found.items()}


_ROOTS = _groups()
_NONE: frozenset[str] = frozenset()


def same_by_short_form(one: str, other: str) -> bool:
    """Whether two folded given names are forms of one: "bob" and "robert", "bob" and "rob"."""
    if one == other:
        return True
    roots = _ROOTS.get(one)
    return roots is not None and not roots.isdisjoint(_ROOTS.get(other, _NONE))


def root(name: str) -> str:
    """The name under which all forms of a folded given name are filed; of several the first in the alphabet."""
    roots = _ROOTS.get(name)
    return min(roots) if roots else name
