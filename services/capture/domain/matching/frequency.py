"""How common a name is: that two people are both called Smith says little, both Vandersloot much.

Source: U.S. Census Bureau, 1990 Census, "Frequently Occurring Surnames" and "Frequently Occurring First Names" (public
domain): persons of that name among 100,000, the 500 most frequent family names and 400 most frequent given names (mean
of the lists of men and women). Whoever is not in a list is rarer than its last name.
"""

from dataclasses import dataclass

_FAMILY = """
smith 1006 johnson 810 williams 699 brown 621 jones 621 davis 480 miller 424 wilson 339 moore 312 anderson 311
taylor 311 thomas 311 jackson 310 white 279 harris 275 martin 273 thompson 269 garcia 254 martinez 234 robinson 233
clark 231 rodriguez 229 lewis 226 lee 220 walker 219 hall 200 allen 199 young 193 hernandez 192 king 190 wright 189
hill 187 lopez 187 scott 185 green 183 adams 174 baker 171 gonzalez 166 carter 162 nelson 162 mitchell 160
perez 155 roberts 153 turner 152 campbell 149 phillips 149 parker 146 evans 141 edwards 137 collins 134 stewart 133
sanchez 130 morris 125 rogers 123 reed 122 cook 120 morgan 118 bell 117 murphy 117 bailey 115 cooper 113 rivera 113
richardson 112 cox 110 howard 110 torres 108 ward 108 peterson 107 gray 106 james 105 ramirez 105 brooks 103
watson 103 kelly 102 sanders 100 bennett 99 price 99 wood 98 barnes 97 ross 96 coleman 95 henderson 95 jenkins 95
perry 94 powell 93 flores 92 hughes 92 long 92 patterson 92 washington 92 butler 91 foster 91 simmons 91 bryant 87
gonzales 87 alexander 85 russell 85 diaz 84 griffin 84 hayes 83 myers 83 ford 82 graham 82 hamilton 82 sullivan 81
wallace 81 cole 80 west 80 woods 80 jordan 78 owens 78 reynolds 78 ellis 77 fisher 77 harrison 76 cruz 75 gibson 75
gomez 75 marshall 75 mcdonald 75 ortiz 75 freeman 74 murray 74 wells 73 webb 72 simpson 70 stevens 70 tucker 70
hicks 69 hunter 69 porter 69 boyd 68 crawford 68 henry 68 mason 68 kennedy 67 morales 67 warren 67 dixon 66
ramos 66 reyes 66 burns 65 gordon 65 holmes 65 shaw 65 rice 64 robertson 64 black 63 hunt 63 daniels 62 palmer 62
mills 61 grant 60 knight 60 nichols 60 ferguson 59 hawkins 59 rose 59 stone 59 dunn 58 hudson 58 perkins 58
gardner 57 payne 57 spencer 57 stephens 57 arnold 56 berry 56 matthews 56 pierce 56 carroll 55 duncan 55 olson 55
ray 55 snyder 55 wagner 55 watkins 55 willis 55 andrews 54 bradley 54 cunningham 54 harper 54 hart 54 lane 54
ruiz 54 armstrong 53 carpenter 53 fox 53 greene 53 riley 53 weaver 53 austin 52 chavez 52 elliott 52 kelley 52
lawrence 52 peters 52 sims 52 carr 51 castillo 51 fields 51 franklin 51 gutierrez 51 lawson 51 ryan 51 schmidt 51
vasquez 51 wheeler 51 chapman 50 oliver 50 johnston 49 montgomery 49 richards 49 williamson 49 alvarez 48 banks 48
bishop 48 howell 48 mccoy 48 meyer 48 morrison 48 fernandez 47 garza 47 hansen 47 harvey 47 burton 46 george 46
jacobs 46 little 46 nguyen 46 reid 46 stanley 46 dean 45 fuller 45 garrett 45 gilbert 45 kim 45 lynch 45 romero 45
burke 44 frazier 44 larson 44 welch 44 bowman 43 day 43 hanson 43 mendoza 43 moreno 43 brewer 42 carlson 42
fowler 42 hoffman 42 holland 42 medina 42 pearson 42 silva 42 byrd 41 davidson 41 douglas 41 fleming 41 hopkins 41
jensen 41 vargas 41 curtis 40 herrera 40 may 40 soto 40 terry 40 wade 40 walters 40 barnett 39 barrett 39
caldwell 39 castro 39 graves 39 horton 39 jennings 39 jimenez 39 lowe 39 neal 39 obrien 39 shelton 39 craig 38
gregory 38 lucas 38 mckinney 38 miles 38 sutton 38 bates 37 beck 37 chambers 37 fletcher 37 hale 37 holt 37
lambert 37 pena 37 rhodes 37 rodriquez 37 watts 37 bush 36 haynes 36 mcdaniel 36 mendez 36 newman 36 vaughn 36
barker 35 curry 35 dawson 35 hardy 35 love 35 norris 35 parks 35 powers 35 santiago 35 schultz 35 steele 35 ball 34
chandler 34 guzman 34 keller 34 leonard 34 munoz 34 page 34 weber 34 benson 33 bowen 33 daniel 33 lyons 33
mullins 33 ramsey 33 schneider 33 sharp 33 walsh 33 wolfe 33 baldwin 32 barber 32 cummings 32 griffith 32 hines 32
hubbard 32 reeves 32 salazar 32 valdez 32 burgess 31 cross 31 dennis 31 garner 31 mack 31 mann 31 mcgee 31 moss 31
santos 31 stevenson 31 tate 31 thornton 31 warner 31 aguilar 30 blair 30 cannon 30 cohen 30 delgado 30 farmer 30
glover 30 goodwin 30 harmon 30 higgins 30 ingram 30 manning 30 newton 30 potter 30 reese 30 robbins 30 rodgers 30
strickland 30 todd 30 townsend 30 vega 30 walton 30 adkins 29 becker 29 conner 29 erickson 29 francis 29 goodman 29
hampton 29 hodges 29 joseph 29 maldonado 29 ortega 29 patton 29 rios 29 rowe 29 swanson 29 yates 29 blake 28
cobb 28 flowers 28 hammond 28 malone 28 maxwell 28 moody 28 norman 28 pope 28 quinn 28 webster 28 alvarado 27
colon 27 doyle 27 estrada 27 fitzgerald 27 floyd 27 gibbs 27 gill 27 gross 27 guerrero 27 lindsey 27 mccarthy 27
osborne 27 paul 27 sandoval 27 saunders 27 sherman 27 stokes 27 tyler 27 wise 27 ballard 26 briggs 26 buchanan 26
christensen 26 french 26 greer 26 houston 26 klein 26 mcbride 26 mclaughlin 26 moran 26 nunez 26 padilla 26
parsons 26 pratt 26 schwartz 26 simon 26 waters 26 zimmerman 26 abbott 25 bass 25 brady 25 brock 25 copeland 25
drake 25 frank 25 holloway 25 jefferson 25 logan 25 marsh 25 mccormick 25 morton 25 owen 25 park 25 pittman 25
poole 25 roy 25 sparks 25 wong 25 barton 24 boone 24 bowers 24 bryan 24 cain 24 carson 24 casey 24 clarke 24
clayton 24 cortez 24 figueroa 24 harrington 24 hogan 24 huff 24 lamb 24 lloyd 24 massey 24 mathis 24 norton 24
patrick 24 roberson 24 singleton 24 tran 24 underwood 24 wilkins 24 allison 23 atkins 23 ayala 23 bridges 23
burnett 23 chase 23 clay 23 cochran 23 collier 23 conley 23 davenport 23
"""
_GIVEN = """
james 1664 john 1642 robert 1576 michael 1320 mary 1319 william 1229 david 1184 richard 854 charles 764 joseph 704
thomas 691 patricia 538 christopher 519 linda 518 barbara 490 daniel 490 paul 476 mark 471 elizabeth 468 donald 466
george 466 jennifer 466 maria 416 kenneth 414 susan 397 steven 391 edward 390 margaret 384 brian 368 dorothy 364
ronald 364 anthony 362 lisa 352 kevin 336 nancy 334 karen 334 betty 333 helen 332 jason 331 matthew 330 gary 326
timothy 320 sandra 314 jose 308 larry 300 jeffrey 296 donna 292 frank 292 carol 286 ruth 281 scott 274 eric 273
stephen 271 andrew 270 sharon 261 michelle 260 laura 255 sarah 254 kimberly 252 deborah 247 jessica 245 raymond 244
shirley 244 cynthia 234 angela 234 melissa 231 brenda 228 amy 226 jerry 222 gregory 221 anna 220 joshua 218
rebecca 215 virginia 215 kathleen 212 dennis 208 pamela 208 martha 206 debra 204 amanda 202 walter 200
stephanie 200 willie 200 patrick 196 terry 196 carolyn 192 christine 191 peter 191 janet 190 marie 190 frances 188
catherine 186 harold 186 douglas 184 henry 184 ann 182 joyce 182 diane 180 alice 178 jean 175 carl 174 julie 174
kelly 173 arthur 168 heather 168 teresa 168 doris 168 gloria 168 ryan 167 joe 163 evelyn 161 roger 161 juan 160
ashley 158 jack 158 albert 158 cheryl 158 joan 157 jonathan 156 justin 156 katherine 156 mildred 156 gerald 155
keith 154 samuel 154 judith 148 rose 148 janice 142 lawrence 142 ralph 141 nicole 140 judy 138 christina 138
nicholas 138 roy 137 kathy 136 theresa 136 benjamin 135 beverly 134 denise 132 bruce 132 brandon 131 adam 130
tammy 130 billy 126 fred 126 irene 126 harry 126 jane 125 wayne 124 lori 124 louis 124 steve 123 tracy 122
jeremy 122 aaron 121 andrea 121 rachel 121 marilyn 120 robin 120 randy 118 leslie 118 kathryn 117 eugene 116
bobby 116 carlos 115 howard 115 louise 114 sara 114 anne 114 jacqueline 114 wanda 113 russell 112 shawn 112
bonnie 112 julia 112 victor 112 chris 110 ruby 110 lois 110 tina 110 jamie 110 phyllis 110 martin 109 norma 109
jesse 108 paula 108 annie 108 diana 108 ernest 108 shannon 108 lee 106 phillip 106 todd 106 lillian 106 emily 104
peggy 104 crystal 104 carmen 103 craig 103 kim 103 connie 103 gladys 102 alan 102 rita 102 dawn 101 dale 100
florence 100 francis 100 sean 100 clarence 99 johnny 99 edna 98 philip 98 tiffany 98 rosa 97 tony 97 earl 96
jimmy 96 antonio 96 cindy 96 luis 96 bryan 95 danny 95 mike 95 grace 94 leonard 93 stanley 93 nathan 92 wendy 92
curtis 90 manuel 90 rodney 90 victoria 90 edith 90 norman 90 sherry 89 josephine 88 sylvia 88 allen 88 sheila 88
thelma 88 ethel 87 lynn 87 elaine 86 ellen 86 marjorie 86 carrie 86 marvin 86 marion 85 charlotte 84 glenn 84
vincent 84 travis 84 esther 83 jeff 83 jeffery 83 monica 83 chad 82 emma 82 jacob 82 pauline 82 dana 82 juanita 82
kyle 82 jessie 82 melvin 82 alfred 81 anita 81 rhonda 81 hazel 80 amber 80 bradley 80 eva 80 ray 79 debbie 78
jesus 78 eddie 78 herbert 78 april 77 frederick 77 joel 77 clara 76 lucille 76 gail 76 eleanor 75 joanne 75
danielle 74 valerie 74 edwin 74 erin 74 megan 74 alicia 73 don 72 michele 72 suzanne 72 bertha 72 darlene 71
jill 71 veronica 71 lauren 70 geraldine 70 ricky 70 troy 70 randall 69 stacy 69 cathy 68 joann 68 lorraine 68
sally 68 alexander 67 barry 67 jackie 66 regina 66 beatrice 65 erica 65 dolores 64 bernice 64 audrey 64 bernard 64
mario 64 francisco 63 yvonne 63 annette 62 june 62 leroy 62 micheal 62 marcus 62 samantha 62 clifford 62 oscar 62
theodore 62 miguel 61 jay 60 ana 60 renee 60 ida 59 jim 59 vivian 59 alex 58 angel 58 brittany 58 holly 58
roberta 58 ronnie 58 tom 58 jon 58 melanie 58 calvin 58 jeanette 58 loretta 58 tommy 58 yolanda 58 laurie 57
katie 56 leon 56 bill 56 derek 56 lloyd 56 stacey 56 alma 56 kristen 56 sue 56 vanessa 56 beth 55 elsie 55
warren 55 jeanne 54 vicki 54 darrell 54 jerome 54 carla 54 dean 54 floyd 54 leo 54 rosemary 54 tara 54 alvin 52
courtney 52 eileen 52 terri 52 wesley 52 gordon 52 greg 52 jorge 52 tim 52 corey 52 derrick 52 dustin 52
gertrude 52 lucy 52 pedro 52 dan 51 tonya 51 ella 50 lewis 50 gina 50 kristin 50 maurice 50 wilma 50
"""


@dataclass(frozen=True)
class Frequencies:
    """Shares of names (folded) among people."""

    given: dict[str, float]
    family: dict[str, float]


def _table(text: str) -> dict[str, float]:
    words = text.split()
    return {name: int(count) / 100_000 for name, count in zip(words[::2], words[1::2], strict=True)}


def counted(given: list[str], family: list[str]) -> Frequencies:
    """The shares in a set of people that is large enough to speak for itself."""
    return Frequencies(_shares(given), _shares(family))


def _shares(names: list[str]) -> dict[str, float]:
    shares: dict[str, float] = {}
    for name in names:
        shares[name] = shares.get(name, 0.0) + 1 / len(names)
    return shares


#: The people of the United States.
US = Frequencies(_table(_GIVEN), _table(_FAMILY))
