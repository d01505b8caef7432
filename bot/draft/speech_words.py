"""The words by which English tells who speaks, as data: verbs of speech, and nouns for people, bodies and what is never a name."""

from __future__ import annotations

# Verbs that words in quotation marks, or a that-clause, may hang on; each with the forms that a sentence has them in.
VERBS = frozenset(
    """
    said says say saying told tells tell asked asks ask asking added adds add wrote writes write writing replied replies reply
    answered answers answer explained explains explain argued argues argue warned warns warn insisted insists insist claimed
    claims claim admitted admits admit denied denies deny stated states state declared declares declare announced announces
    announce countered counters counter recalled recalls recall remembered remembers remember recounted recounts
    remarked remarks remark observed observes noted notes note repeated repeats repeat stressed stresses stress
    maintained maintains maintain conceded concedes concede confirmed confirms confirm complained complains complain
    joked jokes joke quipped quips laughed laughs shouted shouts shout cried cries whispered whispers muttered mutters
    called calls call described describes describe dismissed dismisses dismiss urged urges urge pleaded pleads
    promised promises promise pledged pledges suggested suggests suggest predicted predicts predict
    protested protests objected objects retorted retorts responded responds respond commented comments comment
    concluded concludes conclude reported reports report posted posts tweeted tweets reckons reckoned
    testified testifies criticised criticises criticized criticizes acknowledged acknowledges
    accused accuses accuse calling describing adding arguing warning insisting explaining telling dismissing
    emphasised emphasises emphasized emphasizes assured assures assure apologised apologises apologized apologizes
    """.split()
)
# What says that somebody's statement follows, whatever stands behind it.
SAYING = frozenset(
    "said says say added adds argued argues argue insisted insists insist maintained maintains remarked remarks".split()
)
# The same, and what says so only with a that-clause or the like behind it: no quotation marks are needed.
STATING = SAYING | frozenset(
    """
    claimed claims claim believes believed believe thinks reckons reckoned alleges alleged testified testifies warned warns conceded
    concedes admitted admits estimates estimated fears feared countered counters
    told tells tell wrote writes replied replies answered answers explained explains denied denies stated states declared declares
    announced announces recalled recalls noted notes stressed stresses confirmed confirms complained complains promised promises
    predicted predicts responded responds acknowledged acknowledges reports reported suggested suggests observed observes
    concluded concludes disclosed discloses revealed reveals objected objects ruled
    """.split()
)
# What stands between a subject and its verb, beside words in -ly.
BESIDE_VERBS = frozenset(
    """
    has have had also then later since once always never already again often still now afterwards himself herself themselves
    itself yesterday today would did does used to even just only himself too both all recently meanwhile yesterday liked likes
    """.split()
)
# Before words in quotation marks: that they are a title, an inscription or a name, and nobody speaks them.
NAMING = frozenset(
    """
    called named titled entitled nicknamed dubbed labelled labeled marked known billed styled headed headlined inscribed reading
    read reads so-called choose pick select type click press under hashtag slogan motto
    """.split()
)
TITLES = """Mr Mrs Ms Mx Miss Dr Prof Professor Doctor Rev Reverend Sir Dame Lord Lady Baroness Capt Captain Col Colonel Gen General
    Sgt Sergeant Lt Lieutenant Maj Major Cllr Councillor Councilor Councilman Councilwoman Alderman Sen Senator Gov Governor Rep
    Judge Justice Mayor Minister President Commissioner Inspector Superintendent Constable Detective Father Sister Brother Bishop
    Archbishop Rabbi Imam Chancellor Ambassador Secretary Hon Fr Supt Insp Cmdr Adm Admiral Deputy Chief Officer
    Rt Monsignor Msgr MR MRS MS DR PROF JUDGE""".split()
# Titles that say no more than how somebody is addressed: no capacity.
COURTESY = frozenset("Mr Mrs Ms Mx Miss Sir Dame Lord Lady Rt Hon MR MRS MS".split())
MALE = frozenset(
    "Mr Sir Lord Father Fr Brother MR spokesman chairman father son brother husband uncle nephew grandfather grandson boyfriend congressman".split()
)
FEMALE = frozenset(
    "Mrs Ms Miss Dame Lady Baroness Sister MRS MS spokeswoman chairwoman mother daughter sister wife widow aunt niece grandmother granddaughter girlfriend congresswoman".split()
)
# First names that are one sex's alone, of those that English texts have most: so "Mrs Price" is not taken for Bill Price.
MEN = frozenset(
    """James John Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew Mark Paul Steven Stephen Andrew Peter
    George Kenneth Brian Edward Ronald Anthony Kevin Gary Nicholas Eric Jonathan Larry Scott Frank Raymond Gregory Patrick Jack
    Dennis Jerry Henry Bill Bob Jim Tom Mike Steve Tim Joe Dave Dan Ben Hans Ivan Carlos Juan Ahmed Mohammed Ian Colin Graham
    Keith Nigel Simon Trevor""".split()
)
WOMEN = frozenset(
    """Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Margaret Sandra Ashley Emily Donna
    Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Laura Helen Sharon Cynthia Kathleen Amy Angela Anna Ann Anne Ruth
    Emma Nicole Katherine Catherine Christine Maria Julia Alice Jane Rachel Judith Joan Sue Fatima Olga Ingrid Fiona Gillian
    Hannah Heather""".split()
)
ROLES = frozenset(
    """
    spokesman spokeswoman spokesperson minister mayor chair chairman chairwoman chairperson president director secretary leader
    manager coach captain head chief officer editor author writer reporter columnist journalist engineer doctor nurse teacher
    headmaster headmistress head-teacher principal professor lecturer researcher scientist historian student pupil worker
    employee driver farmer fisherman pilot judge lawyer solicitor barrister attorney prosecutor inspector sergeant colonel
    general soldier guard witness neighbour neighbor resident caretaker clerk treasurer organiser organizer convenor convener
    founder owner partner executive chairlady commissioner councillor councilor senator governor deputy member representative
    adviser advisor analyst economist expert critic campaigner activist volunteer trainer goalkeeper striker referee player
    footballer singer actor actress artist composer conductor priest bishop rabbi imam vicar pastor librarian curator keeper
    mechanic baker shopkeeper apprentice mother father son daughter brother sister wife husband widow grandmother grandfather
    candidate mayor ambassador delegate envoy steward chemist botanist biologist surgeon physician midwife architect builder
    surveyor auditor banker trader broker woman man girl boy customer passenger tourist visitor official supervisor operator
    substitute midfielder defender winger forward captain steward aide amateur programmer developer designer consultant contractor coordinator co-ordinator co-chair chairholder harbourmaster warden
    ranger mediator ombudsman whistleblower source insider colleague friend parent counsel prosecutor coroner magistrate detective
    investigator negotiator diplomat trustee archivist bookseller publisher producer presenter broadcaster blogger translator
    pathologist geologist hydrologist ecologist psychologist psychiatrist sociologist archaeologist meteorologist epidemiologist
    cardiologist oncologist paediatrician pediatrician veterinarian vet pharmacist dentist statistician politician lawmaker
    congressman congresswoman physicist mathematician linguist philosopher planner geographer technician electrician plumber
    carpenter welder miner docker grower beekeeper brewer chef cook waiter waitress landlord landlady tenant cyclist motorist
    commuter protester demonstrator survivor defendant plaintiff claimant superintendent registrar provost rector dean bursar tutor
    instructor entrepreneur investor shareholder chief-executive ceo undersecretary vice-president vice-chair uncle aunt niece
    nephew cousin grandson granddaughter boyfriend girlfriend
    """.split()
)
# Head nouns of bodies that speak.
# Last words of places that are called after a body: Station Road, Church Street.
STREETS = frozenset(
    "Road Street Lane Avenue Close Square Way Drive Hill Green Row Terrace Crescent Gardens Yard Rd St Ave".split()
)
BODIES = frozenset(
    """
    council committee ministry department union league party board institute university college school hospital trust association
    federation society company group agency authority office court commission bureau fund foundation bank church club congress
    parliament senate assembly government police service inspectorate observatory museum library alliance forum campaign
    network coalition team panel firm station newspaper paper magazine co-operative cooperative administration bureau
    chamber confederation guild directorate secretariat consortium embassy tribunal operator charity firm airline railway regulator watchdog opposition judiciary army navy
    """.split()
)
# Words that make a run of capitals the name of a body or a place, not of a person.
NOT_OF_PEOPLE = frozenset(word.capitalize() for word in BODIES) | frozenset(
    """
    Dept Co Ltd Inc Corp Bros Sons Media Radio Television Times Post Herald Courier Standard Tribune Echo Guardian Telegraph
    Press News Gazette Centre Center Circle Clinic Services Foods Water Energy House Street Road Lane Square Park Bridge River
    Lake Island Bay City Town County North South East West Valley Hill Mount Port Saint Wanderers United Rovers Athletic Airport
    Act Bill Cup Prize Award Day Week Workers Friends Youth Young Students Teachers Students’ Institute Works Mill Farm Forest
    Coast Line Jewish Muslim Christian Catholic Protestant Hindu Sikh Buddhist Islamic Labour Conservative Liberal Democrat Democratic
    Republican Voice Desk Unit Rights National Royal International European American British Institute Agreement Treaty War Report
    Rule Section Article Annex Chapter Paragraph Figure Table Page Part
    """.split()
)
# Of these, what is a first name, or a surname, all the same.
FIRST_NAMES_TOO = frozenset({"Bill"})
SURNAMES_TOO = frozenset("Hill Church West North Day".split())
NEVER_NAMES = frozenset(
    """
    Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August September
    October November December English French German Spanish Italian Dutch Christmas Easter Yes No Well Oh Dear Hi Hello Today
    Yesterday Tomorrow Meanwhile However Nobody Somebody Everybody Everyone Someone Anyone Nothing Something Everything
    You He She It They We Under Between Behind Beyond Within Despite Unlike Among Across
    Asked Told According Speaking Last Next Earlier Later Critics Campaigners Police Officials Residents
    Two Three Four Five Six Seven Eight Nine Ten Eleven Twelve One Only Even
    """.split()
)
