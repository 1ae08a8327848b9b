"""Words that are often misspelt, as wrong=right. None of the wrong ones is a word in British or American English."""

_OFTEN = """
abscence=absence accesible=accessible accidently=accidentally accomodate=accommodate accomodation=accommodation
accross=across acheive=achieve acknowlege=acknowledge addres=address addtional=additional adn=and adress=address
advertisment=advertisement agian=again agreeement=agreement agressive=aggressive ahve=have allready=already
allright=all alot=a_lot amoung=among annualy=annually anser=answer anwser=answer apointment=appointment
apparant=apparent appoinment=appointment appointement=appointment appoitment=appointment appologies=apologies
appologise=apologise appologize=apologize appreciat=appreciate approximatly=approximately apreciate=appreciate
aproximately=approximately aquire=acquire arent=aren't arguement=argument arguements=arguments arrangment=arrangement
assesment=assessment assistence=assistance assitance=assistance asume=assume asured=assured aswell=as_well
atend=attend atention=attention attachement=attachment attatch=attach attatched=attached avaialble=available
availabe=available availabel=available availble=available availibility=availability availible=available
avaliable=available basicly=basically beacuse=because beautifull=beautiful becasue=because becouse=because
becuase=because befor=before begining=beginning beleive=believe belive=believe beneficary=beneficiary benifit=benefit
benifits=benefits bougth=bought brochur=brochure broshure=brochure buisness=business busines=business
bussiness=business calandar=calendar calender=calendar cant=can't catagory=category certian=certain
certianly=certainly certifcate=certificate chaneg=change cheif=chief choise=choice choosen=chosen colleage=colleague
collegue=colleague comittment=commitment comming=coming commited=committed commitee=committee compair=compare
comparision=comparison compeny=company compleatly=completely completly=completely complimentry=complimentary
concious=conscious conferm=confirm confirmd=confirmed confrim=confirm congradulations=congratulations
consistant=consistent contactted=contacted continous=continuous conveniant=convenient convienient=convenient
convinient=convenient correspondance=correspondence coudl=could couldnt=couldn't curently=currently cusotmer=customer
custmer=customer custommer=customer decison=decision defiantely=definitely definately=definitely definatly=definitely
definetly=definitely definitley=definitely definitly=definitely delivry=delivery desicion=decision detials=details
developement=development didnt=didn't diference=difference diffrence=difference diffrent=different dificult=difficult
disapear=disappear disapointed=disappointed discribe=describe discuont=discount discusion=discussion
dissapoint=disappoint dissapointed=disappointed doesnt=doesn't dont=don't eachother=each_other easely=easily
effecient=efficient efficent=efficient eficient=efficient electic=electric electricty=electricity elegible=eligible
eletric=electric eligable=eligible embarass=embarrass emial=email enqiury=enquiry enquirey=enquiry
enviroment=environment equipement=equipment equiptment=equipment especialy=especially estimat=estimate
excelent=excellent excellant=excellent exellent=excellent exept=except exisiting=existing existance=existence
expence=expense expensve=expensive experence=experience experiance=experience explaination=explanation
extention=extension familar=familiar feautures=features febuary=February finacial=financial finaly=finally
financal=financial financialy=financially flexable=flexible forwrad=forward fourty=forty foward=forward freind=friend
freindly=friendly freinds=friends fullfil=fulfil furhter=further futher=further garantee=guarantee
garanteed=guaranteed gaurantee=guarantee genuin=genuine goverment=government gratefull=grateful greatful=grateful
guarentee=guarantee guarenteed=guaranteed hadnt=hadn't happend=happened happenned=happened hasnt=hasn't havent=haven't
havn't=haven't heigth=height helpfull=helpful heres=here's hes=he's hesitent=hesitant hieght=height hopefuly=hopefully
howver=however hte=the imediately=immediately immediatly=immediately importent=important improvment=improvement
inconvenence=inconvenience inconvience=inconvenience inconvinience=inconvenience independant=independent
infomation=information informaton=information infromation=information inital=initial inquirey=inquiry
instalation=installation installtion=installation insted=instead insurace=insurance insurence=insurance
interestd=interested interisted=interested intersted=interested intrest=interest intrested=interested invoce=invoice
isnt=isn't itll=it'll ive=I've knowledgable=knowledgeable knowlege=knowledge langauge=language lenght=length
liason=liaison libary=library liek=like lisence=licence litle=little maintainance=maintenance maintanance=maintenance
maintenence=maintenance managment=management meassure=measure mesage=message mesages=messages messege=message
milage=mileage millage=mileage mintues=minutes minuets=minutes minuite=minute minuites=minutes minumum=minimum
mispell=misspell morgage=mortgage mornign=morning mortage=mortgage neccesary=necessary neccessary=necessary
necesary=necessary necessery=necessary neice=niece nieghbor=neighbor nieghbour=neighbour noticable=noticeable
ocasion=occasion occasionaly=occasionally occassion=occasion occured=occurred occurence=occurrence ocurred=occurred
offerd=offered offerred=offered ofice=office oportunity=opportunity oppertunity=opportunity opportunty=opportunity
oppurtunity=opportunity orginal=original orignal=original oweing=owing particulary=particularly paticular=particular
peice=piece peices=pieces peopel=people peple=people perferred=preferred permenant=permanent perminent=permanent
permision=permission permisson=permission persue=pursue phoen=phone plase=please pleace=please pleae=please
pleas=please plese=please posession=possession posible=possible possable=possible possibilty=possibility
potental=potential prefered=preferred prefrence=preference preperation=preparation privelege=privilege
priviledge=privilege probaly=probably probelm=problem problably=probably profesional=professional
proffesional=professional proffessional=professional prolem=problem pronounciation=pronunciation propably=probably
propery=property propety=property proposel=proposal publically=publicly purchace=purchase qoute=quote qoutes=quotes
quater=quarter quaterly=quarterly quesiton=question questionaire=questionnaire questoin=question quotaion=quotation
reallly=really realy=really reccomend=recommend reccommend=recommend reciept=receipt recieve=receive recieved=received
recieving=receiving recive=receive recived=received recomend=recommend recomended=recommended recommand=recommend
referal=referral refered=referred refering=referring regardign=regarding regaurding=regarding relevence=relevance
relevent=relevant reliabe=reliable rember=remember remeber=remember rememeber=remember reminer=reminder
reponse=response repy=reply responsability=responsibility resturant=restaurant saftey=safety saterday=Saturday
satisfyed=satisfied saturaday=Saturday savigns=savings scedule=schedule schduled=scheduled schedual=schedule
seperate=separate seperately=separately servise=service sevral=several shedul=schedule shedule=schedule
sheduled=scheduled shortley=shortly shouldnt=shouldn't similiar=similar simular=similar sincerley=sincerely
sincerly=sincerely soemone=someone soemthing=something somthing=something speach=speech specialy=specially
specificly=specifically squre=square straightfoward=straightforward stright=straight succesful=successful
succesfully=successfully successfull=successful sucessful=successful sugest=suggest suggestd=suggested sumary=summary
suprise=surprise suprised=surprised surley=surely survay=survey survery=survey surveyer=surveyor suvery=survey
taht=that teh=the tehcnical=technical telphone=telephone temperture=temperature thakns=thanks thankyou=thank_you
thansk=thanks thats=that's thay=they theres=there's therfore=therefore theyre=they're theyve=they've thier=their
thign=thing thikn=think thnaks=thanks thrusday=Thursday thurday=Thursday thursady=Thursday thursdya=Thursday tiem=time
togeather=together togehter=together tomarrow=tomorrow tommorow=tomorrow tommorrow=tomorrow tommorw=tomorrow
tomorow=tomorrow tomorrrow=tomorrow tonite=tonight tounge=tongue transfered=transferred truely=truly tuesaday=Tuesday
tuseday=Tuesday unfortunatley=unfortunately unfortunatly=unfortunately unfortunetly=unfortunately untill=until
usally=usually usefull=useful usualy=usually vaccum=vacuum vacume=vacuum valuble=valuable vehical=vehicle
vehicel=vehicle veiw=view verfy=verify veryify=verify wasnt=wasn't webiste=website wednesay=Wednesday
wednsday=Wednesday weeek=week welcom=welcome wendesday=Wednesday wensday=Wednesday werent=weren't wesbite=website
weve=we've whats=what's whcih=which wheather=whether wheres=where's wherether=whether whith=with wich=which
wierd=weird wih=with wiht=with witht=with wonderfull=wonderful woudl=would wouldnt=wouldn't writen=written
writting=writing yoru=your youll=you'll youre=you're youve=you've yuo=you yuor=your
"""
_PAIRS = (pair.split("=") for pair in _OFTEN.split())
SPELLINGS = {wrong: right.replace("_", " ") for wrong, right in _PAIRS}
