/** The most used passwords of eight and more characters in published leaks, in lower case. */
export const COMMON_PASSWORDS = `
password password1 password12 password123 password1234 passw0rd passw0rd1 p@ssw0rd p@ssword p@ssw0rd1 passwort
12345678 123456789 1234567890 12345678910 123456789a 123456789q 1234567891 0123456789 123123123 12341234 1234qwer
12344321 12345679 87654321 987654321 9876543210 11111111 111111111 1111111111 00000000 0000000000 11223344 1122334455
112233445566 22222222 33333333 55555555 66666666 77777777 88888888 99999999 12121212 13131313 10203040 102030405060
147258369 159753456 159357456 789456123 741852963 147852369 123654789 963852741 321654987 456789123 14725836 98765432
1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc qwertyuiop qwerty123 qwerty1234 qwerty12 qwerty123456 qwertyui
qwertyqwerty qwer1234 qweasdzxc asdfghjkl asdfghjk asdfasdf asdf1234 zxcvbnm1 zxcvbnm123 zaq12wsx zaq1zaq1 qazwsxedc
q1w2e3r4 q1w2e3r4t5 q1w2e3r4t5y6 1a2b3c4d a1b2c3d4 abcd1234 abc12345 abc123456 abcdefgh abcdefg1 a1234567 a12345678
a123456789 aa123456 aa12345678 as123456 q123456789 qq123456 qwe123456 123qweasd 123qweasdzxc asd123456 zxc123456
iloveyou iloveyou1 iloveyou2 iloveyou12 iloveu12 ilovehim ilovejesus iloveher lovelove loveyou1 loveme12 mylove12
sunshine sunshine1 princess princess1 princesa football football1 baseball baseball1 basketball basketball1 softball
hockey12 superman superman1 spiderman spiderman1 batman123 starwars starwars1 pokemon1 pokemon123 mustang1 corvette
ferrari1 mercedes porsche1 trustno1 whatever whatever1 welcome1 welcome12 welcome123 letmein1 letmein123 changeme
changeme1 changeme123 changeit secret123 secret12 default1 administrator admin123 admin1234 admin12345 admin123456
administrator1 root1234 rootroot toor1234 test1234 test12345 testtest testing1 testing123 guest123 guestguest user1234
username temp1234 temppass master12 master123 computer computer1 internet internet1 samsung1 samsung123 microsoft
google123 facebook facebook1 linkedin myspace1 minecraft minecraft1 blink182 metallica slipknot liverpool liverpool1
chelsea1 arsenal1 manchester barcelona realmadrid juventus michael1 michelle jennifer jennifer1 jessica1 jonathan
christian christopher elizabeth alexander alexandra samantha victoria benjamin nicholas nicole12 stephanie veronica
danielle patricia caroline charlie1 chocolate chocolate1 cheese123 butterfly butterfly1 flower123 rainbow1 unicorn1
dolphin1 elephant scorpion phoenix1 dragon12 dragon123 monkey12 monkey123 tigger12 shadow12 shadow123 hunter12
hunter123 ranger12 killer12 killer123 freedom1 forever1 family123 friends1 friendship happy123 summer12 summer2020
winter12 winter2020 spring2020 autumn2020 january1 february november december september snowball snoopy12 garfield
precious precious1 beautiful beautiful1 gorgeous handsome babygirl babygirl1 babyboy1 sweetheart sweetie1 honey123
angel123 angels12 jesus123 jesuschrist godisgood blessed1 passpass pass1234 pass12345 password! password1! password123!
password2 password3 password01 password11 password99 password2020 password2021 password2022 password2023 password2024
password2025 password2026 welcome2020 welcome2021 welcome2022 welcome2023 welcome2024 welcome2025 welcome2026
qwertyuiop1 qwerty!@# 1234abcd 12345qwert 12345abc 1234567a 12345678a 12345678q abcabcabc abc123abc xxxxxxxx zzzzzzzz
asdfghjkl1 asdasdasd asdasd123 qweqweqwe qwe123qwe 123abc123 123asd123 321321321 456456456 789789789 147147147
consumer commander champion midnight moonlight patience marlboro marlboro1 cocacola cocacola1 pa55word pa55w0rd
letmeinnow opensesame iamgroot1 whoami123 nothing1 something samsung12 nintendo playstation thunder1 lightning
`;
